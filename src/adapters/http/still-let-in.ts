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
 * time, and a password be another one. Of a password only its mark is asked: it costs nothing, and no stranger's guesses come between.
 */
export const stillLetIn = (
  { caller, session, passwordHolds }: Visitor,
  req: Request,
  { visitor: visitorOf, viewer }: Asked,
): (() => Promise<boolean>) => {
  const shownAnew = async (): Promise<boolean> => {
    const found = await visitorOf(req);
    return !isLeft(found) && found.right.session === session && found.right.caller.privilege === caller.privilege;
  };
  const holds = passwordHolds ?? shownAnew;
  return async () => viewer(caller).privilege === caller.privilege && (await holds());
};
