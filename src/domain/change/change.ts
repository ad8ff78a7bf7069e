import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ChangeAbandoned, ChangeCompleted, ChangeEvent, ChangePlanned } from './events.ts';

/**
 * A change over several steps. Planned, it claims its packages one by one on their own streams; when all are claimed it is
 * completed, which is the moment from which on all of it is so; when one refuses it is abandoned.
 */
export type Change = { readonly status: 'absent' | 'planned' | 'completed' | 'abandoned' };

export type ChangeCommand =
  | ({ readonly command: 'PlanChange' } & Omit<ChangePlanned, 'type'>)
  | ({ readonly command: 'CompleteChange' } & Omit<ChangeCompleted, 'type'>)
  | ({ readonly command: 'AbandonChange' } & Omit<ChangeAbandoned, 'type'>);

type Decision = Either<Refusal, readonly ChangeEvent[]>;

export const changeDecider: Decider<Change, ChangeCommand, ChangeEvent, Refusal> = {
  initial: { status: 'absent' },
  evolve: (_, event) => evolve(event),
  decide: (command, { status }) => {
    switch (command.command) {
      case 'PlanChange':
        return plan(command, status);
      case 'CompleteChange':
        return end('completed', status, eventOf('ChangeCompleted', command));
      case 'AbandonChange':
        return end('abandoned', status, eventOf('ChangeAbandoned', command));
    }
  },
};

const evolve = (event: ChangeEvent): Change => {
  switch (event.type) {
    case 'ChangePlanned':
      return { status: 'planned' };
    case 'ChangeCompleted':
      return { status: 'completed' };
    case 'ChangeAbandoned':
      return { status: 'abandoned' };
  }
};

const eventOf = <T extends ChangeEvent['type'], C extends ChangeCommand>(type: T, { command, ...said }: C) => ({
  type,
  ...said,
});

/** An event stays below 64 kB. */
const mostBytes = 60_000;

const plan = (command: Extract<ChangeCommand, { command: 'PlanChange' }>, status: Change['status']): Decision => {
  if (status !== 'absent') return right([]);
  const planned = eventOf('ChangePlanned', command);
  if (JSON.stringify(planned).length <= mostBytes) return right([planned]);
  return left(
    refusal(
      'change-too-large',
      `a change of ${command.members.length} packages is more than one event can hold`,
      'change fewer at once: those that need each other',
    ),
  );
};

const end = (as: 'completed' | 'abandoned', status: Change['status'], event: ChangeEvent): Decision => {
  if (status === as) return right([]);
  return status === 'planned'
    ? right([event])
    : left(refusal('change-ended', `change ${event.change} is ${status}`, 'look at the history of its packages'));
};
