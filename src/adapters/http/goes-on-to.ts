import type { IncomingMessage, ServerResponse } from 'node:http';
import { safeNext } from './came-from.ts';

const name = 'mini-buildd-next';

/** As long as a link of a mail is good. */
const seconds = 3 * 24 * 3600;

/** The page on which somebody goes on who has to look into their mail first: their browser keeps it. What comes back is believed no more than any address. */
export const goesOnTo = {
  keep: (res: ServerResponse, next: string): void => write(res, encodeURIComponent(next), seconds),
  take: ({ headers: { cookie = '' } }: IncomingMessage, res: ServerResponse): string | undefined => {
    const kept = new RegExp(`(?:^|; )${name}=([A-Za-z0-9_.~%-]{1,2000})`).exec(cookie)?.[1];
    if (kept === undefined) return undefined;
    write(res, '', 0);
    try {
      return safeNext(decodeURIComponent(kept));
    } catch {
      return undefined;
    }
  },
};

/** `Lax`: the link of a mail is opened from elsewhere. */
const write = (res: ServerResponse, value: string, age: number): void =>
  void res.appendHeader('Set-Cookie', `${name}=${value}; Path=/mini_buildd/; Max-Age=${age}; HttpOnly; SameSite=Lax`);
