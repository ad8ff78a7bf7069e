import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Configuration, configure } from '../../domain/configuration/configuration.ts';
import { type Difference, difference } from '../../domain/configuration/declaration/difference.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { newFaults } from '../../domain/configuration/rules/faults.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import type { Contents } from '../../projections/contents.ts';
import { inWords, type Taken, takenFromApt } from './taken-from-apt.ts';

/** What is to be said, and what it changes. */
export type Reconfiguration = {
  readonly events: readonly ConfigurationEvent[];
  readonly differences: readonly Difference[];
  readonly taken: readonly Taken[];
};

/**
 * What keeps packages from being taken from apt by a slip: `contents`, undefined where they are not known, and `force`, which says that it is
 * meant so.
 */
export type Guard = { readonly contents: Contents | undefined; readonly force: boolean };

const inUse = (taken: Taken): Refusal =>
  taken.whole
    ? refusal(
        'repository-in-use',
        inWords(taken),
        'if that is meant, repeat it with --force: what it held stays on record',
      )
    : refusal(
        'packages-in-use',
        inWords(taken),
        'migrate or remove them first; if it is meant so, repeat it with --force',
      );

/** Every door to the configuration plans with this: the rules of each object, and those of all together. */
export const planReconfiguration = (
  present: Configuration,
  events: readonly ConfigurationEvent[],
  { contents, force }: Guard,
): Either<readonly Refusal[], Reconfiguration> => {
  const taken = takenFromApt(present, events.reduce(configure, present), contents);
  const faults = [...newFaults(present, events), ...(force ? [] : taken.map(inUse))];
  if (faults.length > 0) return left(faults);
  const differences: Difference[] = [];
  let now = present;
  for (const event of events) {
    differences.push(difference(now, event));
    now = configure(now, event);
  }
  return right({ events, differences, taken });
};

/**
 * Says it all, one stream after the other. Who is interrupted has said a beginning that fits together; the same plan, made anew,
 * says the rest.
 */
export const carryOutReconfiguration = async (
  { events }: Reconfiguration,
  because: Because,
  tell: Tell,
): Promise<Either<Refusal, undefined>> => {
  for (const event of events) {
    const told = await tell({ command: 'Configure', event }, because);
    if (isLeft(told)) return told;
  }
  return right(undefined);
};

/** For a terminal: an object a paragraph, a field a line, what apt loses by it, and how many there are. */
export const differencesInWords = (
  differences: readonly Difference[],
  isDone: boolean,
  taken: readonly Taken[] = [],
): string =>
  differences.length === 0
    ? 'nothing to change\n'
    : [
        paragraphs(differences),
        ...taken.map((each) => `! ${inWords(each)}\n`),
        `${differences.length} ${isDone ? 'changed' : 'would change'}\n`,
      ].join('');

export const paragraphs = (differences: readonly Difference[]): string =>
  differences
    .flatMap(({ change, what, fields }) => [
      `${sign[change]} ${what}\n`,
      ...fields.map(({ field, from, to }) =>
        change === 'added' ? `    ${field}: ${shown(to)}\n` : `    ${field}: ${changed(from, to).join(' → ')}\n`,
      ),
    ])
    .join('');

const sign = { added: '+', changed: '~', removed: '-' };

const longest = 120;

const textOf = (value: unknown): string => (value === undefined ? '(not there)' : JSON.stringify(value));

const shown = (value: unknown): string => cut(textOf(value), 0);

/** Of what is long, where it begins to differ. */
const changed = (from: unknown, to: unknown): readonly [string, string] => {
  const [one, other] = [textOf(from), textOf(to)];
  const most = Math.min(one.length, other.length);
  let same = 0;
  while (same < most && one[same] === other[same]) same += 1;
  const begin = Math.max(one.length, other.length) > longest ? Math.max(0, same - 30) : 0;
  return [cut(one, begin), cut(other, begin)];
};

const cut = (text: string, begin: number): string => {
  const rest = text.slice(begin);
  return `${begin > 0 ? '...' : ''}${rest.length > longest ? `${rest.slice(0, longest - 3)}...` : rest}`;
};
