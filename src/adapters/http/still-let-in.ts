import type { Request } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Viewer } from '../../domain/account/viewer.ts';
import type { Visitor, visitors } from './visitor.ts';

type Asked = {
  readonly visitor: ReturnType<typeof visitors>;
  /** What a caller may see by now. */
  readonly viewer: (caller: Caller) => Pick<Viewer, 'privilege'>;
};

/**
 * Whether who opened a stream would still be let in, and as the same: their account may do less, a session end and a token be revoked at any
 * time, and a password be another one.
 */
export const stillLetIn = (
  visitor: Visitor,
  req: Request,
  { visitor: visitorOf, viewer }: Asked,
): (() => Promise<boolean>) => {
  const asked = askedAnew(visitor, visitorOf, req);
  return async () => viewer(visitor.caller).privilege === visitor.caller.privilege && (await asked());
};

/** A password costs too much to look at it each time. Milliseconds. */
const passwordHolds = 60_000;

const askedAnew = (
  { caller, session }: Visitor,
  visitorOf: ReturnType<typeof visitors>,
  req: Request,
): (() => Promise<boolean>) => {
  const isByPassword = caller.shown === 'password';
  let until = performance.now() + passwordHolds;
  return async () => {
    if (isByPassword && performance.now() < until) return true;
    until = performance.now() + passwordHolds;
    const found = await visitorOf(req);
    // Nobody looked: too many people log in at this moment, or a stranger tried passwords for this login.
    if (isLeft(found)) return isByPassword && found.left.retryAfter !== undefined;
    return found.right.session === session && found.right.caller.privilege === caller.privilege;
  };
};
