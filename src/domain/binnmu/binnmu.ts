import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { BinNmuId, UploadId } from '../ids.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { BinNmuCancelled, BinNmuDropped, BinNmuEvent, BinNmuPlanned, BinNmuScheduled } from './events.ts';

/** A plan, and those of its rebuilds about which nothing is said yet. What becomes of the others their builds and packages say. */
export type BinNmu =
  | { readonly status: 'absent' }
  | { readonly status: 'planned' | 'cancelled'; readonly open: ReadonlySet<UploadId> };

export type BinNmuCommand =
  | ({ readonly command: 'PlanBinNmu' } & Omit<BinNmuPlanned, 'type'>)
  | ({ readonly command: 'ScheduleBinNmu' } & Omit<BinNmuScheduled, 'type'>)
  | ({ readonly command: 'DropBinNmu' } & Omit<BinNmuDropped, 'type'>)
  | ({ readonly command: 'CancelBinNmu' } & Omit<BinNmuCancelled, 'type'>);

type Decision = Either<Refusal, readonly BinNmuEvent[]>;

export const binNmuDecider: Decider<BinNmu, BinNmuCommand, BinNmuEvent, Refusal> = {
  initial: { status: 'absent' },
  evolve: (binNmu, event) => evolve(binNmu, event),
  decide: (command, binNmu) => {
    switch (command.command) {
      case 'PlanBinNmu':
        return plan(command, binNmu);
      case 'ScheduleBinNmu':
        return say(eventOf('BinNmuScheduled', command), binNmu);
      case 'DropBinNmu':
        return say(eventOf('BinNmuDropped', command), binNmu);
      case 'CancelBinNmu':
        return cancel(eventOf('BinNmuCancelled', command), binNmu);
    }
  },
};

const evolve = (binNmu: BinNmu, event: BinNmuEvent): BinNmu => {
  switch (event.type) {
    case 'BinNmuPlanned':
      return { status: 'planned', open: new Set(event.rebuilds.map(({ upload }) => upload)) };
    case 'BinNmuScheduled':
    case 'BinNmuDropped': {
      if (binNmu.status === 'absent') return binNmu;
      const open = new Set(binNmu.open);
      open.delete(event.upload);
      return { ...binNmu, open };
    }
    case 'BinNmuCancelled':
      return { status: 'cancelled', open: new Set() };
  }
};

const eventOf = <T extends BinNmuEvent['type'], C extends BinNmuCommand>(type: T, { command, ...said }: C) => ({
  type,
  ...said,
});

/** An event stays below 64 kB. */
const mostBytes = 60_000;

const plan = (command: Extract<BinNmuCommand, { command: 'PlanBinNmu' }>, binNmu: BinNmu): Decision => {
  if (binNmu.status !== 'absent') return right([]);
  const planned = eventOf('BinNmuPlanned', command);
  if (JSON.stringify(planned).length <= mostBytes) return right([planned]);
  return left(tooLarge(`${command.rebuilds.length} builds`));
};

/** No more can be in one event, whatever they are. */
export const mostRebuilds = 500;

export const tooLarge = (builds: string): Refusal =>
  refusal(
    'binnmu-too-large',
    `${builds} are more than one event can hold`,
    'name fewer sources at once, those that others need first; or one architecture after the other',
  );

/** Each is said once, whatever is said: scheduled or dropped. */
const say = (event: BinNmuScheduled | BinNmuDropped, binNmu: BinNmu): Decision => {
  if (binNmu.status === 'absent') return left(unknown(event.binNmu));
  return right(binNmu.open.has(event.upload) ? [event] : []);
};

const cancel = (event: BinNmuCancelled, { status }: BinNmu): Decision => {
  if (status === 'absent') return left(unknown(event.binNmu));
  return right(status === 'cancelled' ? [] : [event]);
};

const unknown = (id: BinNmuId): Refusal => refusal('unknown-binnmu', `there is no binNMU ${id}`, 'plan it: binnmu');
