import type { IncomingMessage, ServerResponse } from 'node:http';
import { safeNext } from './came-from.ts';
import { inCookies } from './session-cookie.ts';

/** By instance, as that of the session is: several on one machine do not take each other's. */
const nameAt = (instance: string): string => `mini-buildd-next-${inCookies(instance)}`;

/** As long as a link of a mail is good. */
const seconds = 3 * 24 * 3600;

/** The page on which somebody goes on who has to look into their mail first: their browser keeps it. What comes back is believed no more than any address. */
export const goesOnTo = {
  keep: (instance: string, res: ServerResponse, next: string): void =>
    write(instance, res, encodeURIComponent(next), seconds),
  take: (instance: string, { headers: { cookie = '' } }: IncomingMessage, res: ServerResponse): string | undefined => {
    const kept = new RegExp(`(?:^|; )${nameAt(instance)}=([A-Za-z0-9_.~%-]{1,2000})`).exec(cookie)?.[1];
    if (kept === undefined) return undefined;
    write(instance, res, '', 0);
    try {
      return safeNext(decodeURIComponent(kept));
    } catch {
      return undefined;
    }
  },
};

/** `Lax`: the link of a mail is opened from elsewhere. */
const write = (instance: string, res: ServerResponse, value: string, age: number): void =>
  void res.appendHeader(
    'Set-Cookie',
    `${nameAt(instance)}=${value}; Path=/mini_buildd/; Max-Age=${age}; HttpOnly; SameSite=Lax`,
  );
