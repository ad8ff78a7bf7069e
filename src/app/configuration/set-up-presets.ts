import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import { type Difference, difference } from '../../domain/configuration/declaration/difference.ts';
import type { Host } from '../../domain/configuration/first-run.ts';
import { type PresetRequest, presetObjects } from '../../domain/configuration/preset-objects.ts';
import type { Refusal } from '../../domain/refusal.ts';
import {
  differencesInWords,
  type Guard,
  paragraphs,
  planReconfiguration,
  type Reconfiguration,
} from './reconfigure.ts';

/** What is missing and would be added, and what is there and otherwise than the presets have it, and is left so. */
export type PresetPlan = Reconfiguration & { readonly kept: readonly Difference[] };

/** With `update`, what is otherwise is made as the presets have it too: asked for, not taken for granted. */
export const planPresets = (
  request: PresetRequest & { readonly update: boolean },
  host: Host,
  present: Configuration,
  guard: Guard,
): Either<readonly Refusal[], PresetPlan> => {
  const objects = presetObjects(request, host, present);
  if (isLeft(objects)) return objects;
  const differing = objects.right
    .map((event) => ({ event, difference: difference(present, event) }))
    .filter(({ difference: { change, fields } }) => change === 'added' || fields.length > 0);
  const taken = differing.filter(({ difference: { change } }) => change === 'added' || request.update);
  const plan = planReconfiguration(
    present,
    taken.map(({ event }) => event),
    guard,
  );
  if (isLeft(plan)) return plan;
  const kept = differing.filter((each) => !taken.includes(each)).map((each) => each.difference);
  return right({ ...plan.right, kept });
};

export const presetsInWords = ({ differences, taken, kept }: PresetPlan, isDone: boolean): string =>
  [
    differencesInWords(differences, isDone, taken),
    ...(kept.length === 0
      ? []
      : ['Left as you have it, otherwise than the presets (--update takes over theirs):\n', paragraphs(kept)]),
  ].join('');
