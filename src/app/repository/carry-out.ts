import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Tell } from '../../ports/tell.ts';
import type { Step } from './change-plan.ts';

/**
 * Says the steps of a change that stays within one package: they are on one stream, and each names the count of changes it has
 * seen, so that somebody else's change in between is noticed. What was said before that stands.
 */
export const carryOut = async (
  steps: readonly Step[],
  actor: Actor,
  tell: Tell,
): Promise<Either<Refusal, undefined>> => {
  const correlation = randomUUID();
  for (const { command } of steps) {
    const told = await tell(command, { actor, causedBy: undefined, correlation });
    if (isLeft(told)) return told;
  }
  return right(undefined);
};
