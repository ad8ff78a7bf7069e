import type { Ending } from '../../ports/api.ts';
import { type Contents, occupants, whereabouts } from '../../projections/contents.ts';
import type { Tried } from '../../projections/trial.ts';
import type { Effect } from '../repository/looked-once.ts';
import type { Plan } from '../repository/plan.ts';
import { effectLines } from '../repository/uninstallable.ts';
import { some } from './words.ts';

/**
 * What a change of packages takes out of distributions, what could not be installed any more, and where it still is; `undefined` where nothing
 * leaves. `effects` is undefined when nobody looked.
 */
export const endingOfPlan = (
  { trial: { steps, contents } }: Plan,
  effects: readonly Effect[] | undefined,
): Ending | undefined => {
  const goes = steps.flatMap(leaving);
  if (goes.length === 0) return undefined;
  return {
    goes: some(goes),
    depends: effects === undefined ? [unseen] : some(effectLines(effects).map((line) => `${line}.`)),
    stays: [
      ...some(staying(steps, contents)),
      'What left stays on record, and can be restored while its files are kept.',
    ],
  };
};

const unseen =
  'Other packages may need it. That was not looked at: say "warn" for installability to have it looked at.';

const leaving = ({ step, distribution, source, before, after }: Tried): readonly string[] => {
  const left = new Set(occupants(after));
  const fallen = occupants(before)
    .filter((each) => each !== before.present && !left.has(each))
    .map(({ version }) => `${source} ${version} is in no rollback of ${distribution} any more.`);
  const isTaken = step.deed === 'remove' && before.present !== undefined && after.present === undefined;
  return isTaken ? [`${inWords(source, before)} from ${distribution}.`, ...fallen] : fallen;
};

const inWords = (source: string, { present }: Tried['before']): string => {
  const binaries = [...new Set(present?.binaries.map((binary) => binary.package))];
  return `${source} ${present?.version}${binaries.length === 0 ? '' : ` with ${binaries.join(', ')}`}`;
};

/** Where each source package is afterwards. */
const staying = (steps: readonly Tried[], contents: Contents): readonly string[] =>
  [...new Set(steps.map(({ source }) => source))].flatMap((source) =>
    whereabouts(contents, source).flatMap(({ distribution, slot: { present, earlier } }) => [
      ...(present === undefined ? [] : [`${source} ${present.version} in ${distribution}.`]),
      ...earlier.map(({ version }, nth) => `${source} ${version} in ${distribution}-rollback${nth}.`),
    ]),
  );
