import type { Request } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { anonymous, type Caller } from '../../domain/account/caller.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Access, TurnedAway } from '../../ports/access.ts';
import { addressOf } from './client-address.ts';
import { shownCertificate } from './client-certificate.ts';
import { credentialsOf } from './credentials.ts';
import type { SessionCookie } from './session-cookie.ts';
import { wanted } from './wanted.ts';

/** Who sent a request. `session` is there when the browser's cookie said so. */
export type Visitor = {
  readonly caller: Caller;
  readonly session: string | undefined;
  /** Of who showed a password: whether it is still theirs. */
  readonly passwordHolds?: () => Promise<boolean>;
};

/**
 * Finds out who asks: by `Authorization` where it is sent, else by the session's cookie. Wrong credentials are turned away; a session
 * that is over makes its browser anonymous.
 */
export const visitors =
  (access: Access, cookie: SessionCookie) =>
  async (req: Request): Promise<Either<TurnedAway, Visitor>> => {
    const known = await byAuthorization(req, access);
    if (known !== undefined) return isLeft(known) ? known : right(withCertificate(known.right, req));
    const session = cookie.read(req);
    const found = session && (await access.bySession(session));
    return right(
      found ? withCertificate({ caller: found, session }, req) : { caller: stranger(req), session: undefined },
    );
  };

const withCertificate = (visitor: Visitor, req: Request): Visitor => {
  const shown = shownCertificate(req, Date.now());
  if (shown === undefined || 'because' in shown) return visitor;
  return { ...visitor, caller: { ...visitor.caller, certificate: shown.certificate } };
};

/** Known by their address alone. */
export const stranger = (req: Request): Caller => ({
  ...anonymous,
  from: addressOf(req),
  ...(wanted(req) === 'html' && { inBrowser: true }),
});

const byAuthorization = async (req: Request, access: Access): Promise<Either<TurnedAway, Visitor> | undefined> => {
  const credentials = credentialsOf(req);
  switch (credentials?.kind) {
    case undefined:
      return undefined;
    case 'unreadable':
      return left(unreadable);
    case 'token': {
      const caller = await access.byToken(credentials.secret);
      return caller === undefined ? left(wrongToken) : right({ caller, session: undefined });
    }
    case 'password':
      return byPassword(credentials, addressOf(req), access);
  }
};

/** The mark comes first: a password that is changed while it is looked at does not hold. */
const byPassword = async (
  { login, password }: { readonly login: string; readonly password: string },
  from: string,
  { passwordMark, byPassword: look }: Access,
): Promise<Either<TurnedAway, Visitor>> => {
  const mark = await passwordMark(login);
  const caller = await look(login, password, from);
  if (isLeft(caller)) return caller;
  const passwordHolds = async (): Promise<boolean> => (await passwordMark(login)) === mark;
  return right({ caller: caller.right, session: undefined, passwordHolds });
};

const unreadable: TurnedAway = {
  because: refusal(
    'unreadable-credentials',
    'the header Authorization cannot be read',
    'send "Bearer TOKEN", or login and password as "Basic"',
  ),
  retryAfter: undefined,
};

const wrongToken: TurnedAway = {
  because: refusal(
    'wrong-token',
    'the token opens nothing: it is unknown, revoked or expired, or its account is not active',
    'issue another one with "token issue"',
  ),
  retryAfter: undefined,
};
