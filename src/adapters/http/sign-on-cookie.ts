import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as t from 'io-ts';
import { AccountId } from '../../domain/account/events.ts';
import { Role } from '../../domain/account/privilege.ts';
import type { Attempt, Identity } from '../../ports/sign-on.ts';
import { safeNext } from './came-from.ts';
import { inCookies, secureFor } from './session-cookie.ts';

/** An attempt to sign on, and where one goes on from there. */
export type Underway = {
  readonly attempt: Attempt;
  readonly next: string | undefined;
  /** The account that shall be theirs; `undefined` where they want to be let in. */
  readonly account?: AccountId | undefined;
};

const Kept = t.strict({
  attempt: t.strict({ state: t.string, nonce: t.string, verifier: t.string }),
  next: t.union([t.string, t.null]),
  account: t.union([AccountId, t.null]),
  until: t.number,
});

/** What only a person reads; browsers take no cookie that is longer than 4 KiB. */
const cut = (text: string): string => [...text].slice(0, 60).join('');

/** As long as somebody may take at the identity provider, seconds. */
const seconds = 600;

/** Who came back, and whose account is to be theirs, while they look at it once more. */
const Link = t.strict({
  account: AccountId,
  identity: t.strict({
    issuer: t.string,
    subject: t.string,
    login: t.string,
    fullName: t.string,
    email: t.string,
    role: t.union([Role, t.null]),
    hasGroups: t.boolean,
  }),
  until: t.number,
});

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
  const linkIn = (sealed: string): { readonly account: AccountId; readonly identity: Identity } | undefined => {
    const [, text = '', seal = ''] = /^([\w-]{1,3000})\.([\w-]{43})$/.exec(sealed) ?? [];
    if (text === '' || !timingSafeEqual(Buffer.from(seal), Buffer.from(sealOf(`link ${text}`)))) return undefined;
    const link: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Link.is(link) || link.until < now()) return undefined;
    return { account: link.account, identity: { ...link.identity, role: link.identity.role ?? undefined } };
  };
  const valueIn = ({ headers }: IncomingMessage): string | undefined =>
    new RegExp(`(?:^|; )${nameNow()}=([\\w-]{1,3000}\\.[\\w-]{43})(?:;|$)`).exec(headers.cookie ?? '')?.[1];
  return {
    keep: (req: IncomingMessage, res: ServerResponse, { attempt, next, account }: Underway): void => {
      const kept: t.TypeOf<typeof Kept> = {
        attempt,
        next: next ?? null,
        account: account ?? null,
        until: now() + seconds * 1000,
      };
      const text = Buffer.from(JSON.stringify(kept)).toString('base64url');
      write(req, res, `${text}.${sealOf(text)}`, seconds);
    },
    /** Who came back, until they said once more that it is them; whatever seals an attempt seals no such thing. */
    keepLink: (req: IncomingMessage, res: ServerResponse, account: AccountId, identity: Identity): void => {
      const { login, fullName, email, role, ...rest } = identity;
      const shown = { login: cut(login), fullName: cut(fullName), email: cut(email) };
      const link = { account, identity: { ...rest, ...shown, role: role ?? null }, until: now() + seconds * 1000 };
      const text = Buffer.from(JSON.stringify(link)).toString('base64url');
      write(req, res, `${text}.${sealOf(`link ${text}`)}`, seconds);
    },
    keptLink: (req: IncomingMessage) => {
      const sealed = valueIn(req);
      const link = sealed && linkIn(sealed);
      return link ? { sealed, link } : undefined;
    },
    linkIn,
    take: (req: IncomingMessage, res: ServerResponse): Underway | undefined => {
      const value = valueIn(req);
      if (value === undefined) return undefined;
      write(req, res, '', 0);
      const [text = '', seal = ''] = value.split('.');
      if (!timingSafeEqual(Buffer.from(seal), Buffer.from(sealOf(text)))) return undefined;
      const kept: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
      if (!Kept.is(kept) || kept.until < now() || used.has(kept.attempt.state)) return undefined;
      used.add(kept.attempt.state);
      for (const oldest of used) {
        if (used.size <= mostUsed) break;
        used.delete(oldest);
      }
      return {
        attempt: kept.attempt,
        next: kept.next === null ? undefined : safeNext(kept.next),
        account: kept.account ?? undefined,
      };
    },
  };
};
