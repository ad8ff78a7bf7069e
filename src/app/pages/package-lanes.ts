import type { Instant } from '../../domain/codec.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { DaemonEvent } from '../../domain/event.ts';

/** Which version stood where from when to when. */
export type Stay = {
  readonly distribution: DistributionName;
  readonly version: string;
  readonly from: Instant;
  /** `undefined` while it stands there. */
  readonly until: Instant | undefined;
};

/** What stood in each suite over time, by the events of one package in one repository, oldest first. `ended`: since when there is no such suite. */
export const staysOf = (
  events: readonly { readonly event: DaemonEvent; readonly at: Instant }[],
  ended: (distribution: DistributionName) => Instant | undefined,
): readonly Stay[] => {
  const stays: Stay[] = [];
  const leave = (distribution: string, until: Instant): void => {
    const index = stays.findLastIndex((stay) => stay.distribution === distribution && stay.until === undefined);
    const stay = stays[index];
    if (stay !== undefined) stays[index] = { ...stay, until };
  };
  for (const { event, at } of events) {
    const came = arrival(event);
    if (came !== undefined) {
      leave(came.distribution, at);
      stays.push({ ...came, from: at, until: undefined });
    }
    // Out of a rollback distribution nothing leaves the suite.
    if (event.type === 'PackageRemoved') leave(event.distribution, at);
  }
  return stays.map((stay) => ({ ...stay, until: stay.until ?? ended(stay.distribution) }));
};

/** The version that an event brings somewhere, and where. */
export const arrival = (
  event: DaemonEvent,
): { readonly distribution: DistributionName; readonly version: string } | undefined => {
  switch (event.type) {
    case 'PackageInstalled':
    case 'PackageRestored':
      return { distribution: event.distribution, version: event.version };
    case 'PackageMigrated':
      return { distribution: event.to, version: event.version };
    default:
      return undefined;
  }
};
