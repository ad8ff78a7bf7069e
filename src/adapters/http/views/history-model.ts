import type { Position } from '../../../ports/event-log.ts';
import type { Happening } from './happening.ts';

/** By what events are sought, in the order of the form. */
export const filterNames = ['package', 'distribution', 'type', 'actor', 'from', 'until', 'correlation'] as const;

/** As they were typed. */
export type Filters = Readonly<Partial<Record<(typeof filterNames)[number], string>>>;

export type HistoryModel = {
  /** Newest first. */
  readonly happenings: readonly Happening[];
  /** Where it goes on to older ones. */
  readonly next: Position | undefined;
};
