import type { BuildEvent } from '../../domain/build/events.ts';
import type { DaemonEvent } from '../../domain/event.ts';

/** Where a build stands by its events, the first one first: what the last of them says that decides it. */
export const lastOfState = <Told extends { readonly event: DaemonEvent }>(events: readonly Told[]): Told | undefined =>
  events.findLast(({ event }) => stateAfter(event) !== undefined);

export const stateAfter = ({ type }: DaemonEvent): (typeof states)[keyof typeof states] | undefined =>
  type in states ? states[type as keyof typeof states] : undefined;

type BuildStateSaid = (typeof states)[keyof typeof states];

/** Where what is not installed yet stands by its builds: as the furthest of those that are open; `built` when all of them ended. */
export const furthestOf = (builds: readonly BuildStateSaid[]) => {
  if (builds.length === 0) return 'received' as const;
  return open.find((state) => builds.includes(state)) ?? ('built' as const);
};

const open = ['building', 'needs-build', 'dep-wait'] as const;

const states = {
  BuildRequested: 'needs-build',
  BuildAssigned: 'building',
  BuildStarted: 'building',
  BuildSucceeded: 'built',
  BuildAdopted: 'built',
  BuildSkipped: 'skipped',
  BuildFailed: 'failed',
  BuildDepWaited: 'dep-wait',
  BuildResumed: 'needs-build',
  BuildGivenBack: 'needs-build',
  BuildInterrupted: 'needs-build',
  BuildWithdrawn: 'needs-build',
  BuildCancelled: 'cancelled',
} as const satisfies Partial<Record<BuildEvent['type'], string>>;
