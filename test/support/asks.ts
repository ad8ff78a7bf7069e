import { isLeft } from 'fp-ts/lib/Either.js';
import type { Privilege } from '../../src/domain/account/privilege.ts';
import type { Daemon } from './in-memory-daemon.ts';

/** Runs a command as somebody who may; the answer, or the rules it was refused by. */
export const asks = async (
  { engine }: Daemon,
  command: string,
  given: Readonly<Record<string, string>> = {},
  privilege: Privilege = 'admin',
) => {
  const actor = { kind: 'account', name: 'adam' } as const;
  const answer = await engine.api.run(command, given, { actor, privilege, shown: 'token' });
  return isLeft(answer)
    ? { refused: answer.left.map(({ rule }) => rule), facts: answer.left.map(({ fact }) => fact) }
    : { json: answer.right.json, plain: answer.right.plain };
};
