import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { EventId } from '../ids.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { SnapshotEvent, SnapshotNamed, SnapshotReleased } from './events.ts';

/** What a name means now. */
export type NamedSnapshot = { readonly publication: EventId | undefined };

export type SnapshotCommand =
  | ({ readonly command: 'NameSnapshot' } & Omit<SnapshotNamed, 'type'>)
  | ({ readonly command: 'ReleaseSnapshot' } & Omit<SnapshotReleased, 'type'>);

export const namedSnapshotDecider: Decider<NamedSnapshot, SnapshotCommand, SnapshotEvent, Refusal> = {
  initial: { publication: undefined },
  evolve: (_, event) => ({ publication: event.type === 'SnapshotNamed' ? event.publication : undefined }),
  decide: (command, { publication }) => {
    switch (command.command) {
      case 'NameSnapshot':
        return name(command, publication);
      case 'ReleaseSnapshot': {
        const { command: _, ...released } = command;
        return right(publication === undefined ? [] : [{ type: 'SnapshotReleased', ...released }]);
      }
    }
  },
};

const name = (
  { command, ...named }: Extract<SnapshotCommand, { command: 'NameSnapshot' }>,
  publication: EventId | undefined,
): Either<Refusal, readonly SnapshotEvent[]> => {
  if (publication === named.publication) return right([]);
  if (publication === undefined) return right([{ type: 'SnapshotNamed', ...named }]);
  return left(
    refusal(
      'name-taken',
      `${named.label} is the name of another past state of ${named.repository}`,
      'take another name, or release this one first',
    ),
  );
};
