import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Configuration, configure } from '../../domain/configuration/configuration.ts';
import { type Difference, difference } from '../../domain/configuration/declaration/difference.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import { newFaults } from '../../domain/configuration/rules/faults.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Because, Tell } from '../../ports/tell.ts';

/** What is to be said, and what it changes. */
export type Reconfiguration = {
  readonly events: readonly ConfigurationEvent[];
  readonly differences: readonly Difference[];
};

/** How many source packages a repository holds; undefined where that is not known. */
export type Holds = (repository: RepositoryId) => number | undefined;

const inUse = (event: ConfigurationEvent, holds: Holds): readonly Refusal[] => {
  if (event.type !== 'RepositoryRemoved') return [];
  const { repository } = event;
  const packages = holds(repository);
  if (packages === 0) return [];
  const fact = `repository ${repository} ${packages === undefined ? 'may hold packages' : `holds ${packages} source packages`}`;
  return [
    refusal('repository-in-use', fact, `remove it beside the running daemon: removerepository ${repository} --force`),
  ];
};

/** Every door to the configuration plans with this: the rules of each object, and those of all together. */
export const planReconfiguration = (
  present: Configuration,
  events: readonly ConfigurationEvent[],
  holds: Holds,
): Either<readonly Refusal[], Reconfiguration> => {
  const faults = [...newFaults(present, events), ...events.flatMap((event) => inUse(event, holds))];
  if (faults.length > 0) return left(faults);
  const differences: Difference[] = [];
  let now = present;
  for (const event of events) {
    differences.push(difference(now, event));
    now = configure(now, event);
  }
  return right({ events, differences });
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

/** For a terminal: an object a paragraph, a field a line, and how many there are. */
export const differencesInWords = (differences: readonly Difference[], isDone: boolean): string =>
  differences.length === 0
    ? 'nothing to change\n'
    : `${paragraphs(differences)}${differences.length} ${isDone ? 'changed' : 'would change'}\n`;

export const paragraphs = (differences: readonly Difference[]): string =>
  differences
    .flatMap(({ change, what, fields }) => [
      `${sign[change]} ${what}\n`,
      ...fields.map(({ field, from, to }) =>
        change === 'added' ? `    ${field}: ${shown(to)}\n` : `    ${field}: ${shown(from)} → ${shown(to)}\n`,
      ),
    ])
    .join('');

const sign = { added: '+', changed: '~', removed: '-' };

const shown = (value: unknown): string => {
  const text = value === undefined ? '(not there)' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};
