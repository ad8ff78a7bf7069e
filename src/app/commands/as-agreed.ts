import { createHash } from 'node:crypto';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type Answer, planChanged } from '../../ports/api.ts';
import { overOneState, tooMuchGoesOn, type Undisturbed } from '../undisturbed.ts';

type Answered = Either<readonly Refusal[], Answer>;

/**
 * Does what was agreed to, and nothing else. The plan is made and compared, and the deed decided, over one state of things: where
 * anything is said to the log in between, nothing of the deed is, and it is looked at anew.
 */
export const asAgreed = async (
  agreed: string,
  plan: () => Promise<Answered>,
  perform: (voice: Undisturbed) => Promise<Answered>,
  undisturbed: () => Promise<Undisturbed>,
): Promise<Answered> => {
  const done = await overOneState(undisturbed, async (voice) => {
    const planned = await plan();
    if (isLeft(planned)) return planned;
    return planned.right.sum === agreed ? perform(voice) : left([changed]);
  });
  return done ?? left([tooMuchGoesOn]);
};

/** Stands for what was asked, without what goes without saying, and what it would come to. */
export const planSum = (command: string, asked: Readonly<Record<string, string>>, plan: Answer): string =>
  createHash('sha256')
    .update(JSON.stringify([command, Object.entries(asked).sort(byName), basisOf(plan)]))
    .digest('base64url');

/**
 * What a plan stands on: what it comes to, and what is now of that which it changes. What depends on it comes and goes on a busy instance: who
 * agrees to what goes need not agree anew for each build that begins to wait.
 */
export const basisOf = ({ was, basis, json, ends }: Answer): readonly unknown[] => [
  was ?? null,
  basis ?? [json, ends?.goes ?? []],
];

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number => (one < other ? -1 : 1);

const changed = refusal(
  planChanged,
  'it would come to something else by now than what was agreed to; nothing was done',
  'look at what it would do now, and say so again',
);
