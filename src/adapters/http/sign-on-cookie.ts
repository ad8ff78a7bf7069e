import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as t from 'io-ts';
import type { Attempt } from '../../ports/sign-on.ts';
import { safeNext } from './came-from.ts';
import { inCookies, secureFor } from './session-cookie.ts';

/** An attempt to sign on, and where one goes on from there. */
export type Underway = { readonly attempt: Attempt; readonly next: string | undefined };

const Kept = t.strict({
  attempt: t.strict({ state: t.string, nonce: t.string, verifier: t.string }),
  next: t.union([t.string, t.null]),
  until: t.number,
});

/** As long as somebody may take at the identity provider, seconds. */
const seconds = 600;

/** Attempts that were used, remembered at once: each counts once. */
const mostUsed = 10_000;

/**
 * Where a browser keeps its attempt to sign on: of one browser, once, and only as this life of the daemon wrote it. `Lax`: the identity provider
 * leads back from another site.
 */
export const signOnCookie = (instance: () => string, now: () => number) => {
  const secret = randomBytes(32);
  const used = new Set<string>();
  const nameNow = (): string => `mini-buildd-sign-on-${inCookies(instance())}`;
  const sealOf = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  const write = (req: IncomingMessage, res: ServerResponse, value: string, age: number): void => {
    res.appendHeader(
      'Set-Cookie',
      `${nameNow()}=${value}; Path=/mini_buildd/sign-on; Max-Age=${age}; HttpOnly; SameSite=Lax${secureFor(req)}`,
    );
  };
  return {
    keep: (req: IncomingMessage, res: ServerResponse, { attempt, next = undefined }: Underway): void => {
      const kept: t.TypeOf<typeof Kept> = { attempt, next: next ?? null, until: now() + seconds * 1000 };
      const text = Buffer.from(JSON.stringify(kept)).toString('base64url');
      write(req, res, `${text}.${sealOf(text)}`, seconds);
    },
    take: (req: IncomingMessage, res: ServerResponse): Underway | undefined => {
      const found = new RegExp(`(?:^|; )${nameNow()}=([\\w-]{1,3000})\\.([\\w-]{43})(?:;|$)`).exec(
        req.headers.cookie ?? '',
      );
      if (found === null) return undefined;
      write(req, res, '', 0);
      const [, text = '', seal = ''] = found;
      if (!timingSafeEqual(Buffer.from(seal), Buffer.from(sealOf(text)))) return undefined;
      const kept: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
      if (!Kept.is(kept) || kept.until < now() || used.has(kept.attempt.state)) return undefined;
      used.add(kept.attempt.state);
      for (const oldest of used) {
        if (used.size <= mostUsed) break;
        used.delete(oldest);
      }
      return { attempt: kept.attempt, next: kept.next === null ? undefined : safeNext(kept.next) };
    },
  };
};
