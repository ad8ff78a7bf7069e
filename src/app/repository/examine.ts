import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import type { Refusal } from '../../domain/refusal.ts';
import { isSame } from '../../domain/same.ts';
import { haveSameItems } from '../pages/blocks.ts';
import type { Effect } from './looked-once.ts';
import type { Plan } from './plan.ts';
import { type Examiner, refusedFor, uninstallableAfter } from './uninstallable.ts';

/** A plan, and what could not be installed any more after it; `undefined` when nobody looked. */
export type Examined = { readonly plan: Plan; readonly effects: readonly Effect[] | undefined };

/** Looks at what a plan leaves uninstallable, and refuses for it where that is wanted. */
export const examine = async (
  plan: Plan,
  mode: 'off' | 'warn' | 'refuse',
  examiner: Examiner,
): Promise<Either<Refusal, Examined>> => {
  const effects = mode === 'off' ? undefined : await uninstallableAfter(plan, examiner);
  const refused = mode === 'refuse' ? refusedFor(effects ?? []) : right(undefined);
  return isLeft(refused) ? refused : right({ plan, effects });
};

/** Whether two plans do the same and leave the same in every distribution they touch, so that what was seen of one holds of the other. */
export const isSamePlan = (one: Plan, other: Plan): boolean =>
  isSame(one.members, other.members) &&
  [...one.after].every(([name, holds]) => haveSameItems(holds, other.after.get(name) ?? []));
