import { isLeft } from 'fp-ts/lib/Either.js';
import type { Privilege } from '../../src/domain/account/privilege.ts';
import type { Answer } from '../../src/ports/api.ts';
import type { Daemon } from './in-memory-daemon.ts';

/** Runs a command as somebody who may; the answer, or the rules it was refused by. */
export const asks = async (
  { engine }: Daemon,
  command: string,
  given: Readonly<Record<string, string>> = {},
  privilege: Privilege = 'admin',
): Promise<Partial<Answer> & { readonly refused?: readonly string[]; readonly facts?: readonly string[] }> => {
  const actor = { kind: 'administrator', name: 'adam' } as const;
  const answer = await engine.api.run(command, given, { actor, privilege, shown: 'token' });
  return isLeft(answer)
    ? { refused: answer.left.map(({ rule }) => rule), facts: answer.left.map(({ fact }) => fact) }
    : answer.right;
};
