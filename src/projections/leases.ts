import type { RemoteId } from '../domain/configuration/events.ts';
import type { NodeName } from '../domain/node/events.ts';
import { markOf } from '../domain/remote/statement.ts';
import { sinceWhen } from '../domain/since-when.ts';
import type { Heard, Neighbours, Progress } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { assignments } from './assignment.ts';
import type { BuildStory } from './build-queue.ts';
import { type RequestStory, requestsIn } from './buildrequests.ts';
import { type Candidate, candidates, hasRoom } from './candidates.ts';
import { checksWithBuild } from './checks-owed.ts';
import type { RemoteStory } from './remotes.ts';
import type { Place } from './waiting-reason.ts';
import type { World } from './world.ts';

/** How long a remote may be silent or idle, and the longest time that one build, or one check of what it made, may take. Milliseconds. */
export type LeaseTerms = { readonly leaseMs: number; readonly buildMs: number };

/** Builds that a remote has and shall have no longer, and why. `bornAt`: since when this life listens. */
export const lostLeases = (
  world: World,
  place: Place,
  neighbours: Pick<Neighbours, 'heard'>,
  now: number,
  roll: RollCall,
  terms: LeaseTerms & { readonly bornAt: number },
): readonly { readonly build: BuildStory; readonly reason: string }[] => {
  const { builds, remotes, nodes } = world;
  if (builds.claimed.size === 0) return [];
  let all: readonly Candidate[] | undefined;
  const hasOther = (build: BuildStory): boolean => {
    all ??= besidesWaiting(world, place, neighbours, now, roll);
    const other = all.find(
      (each) => each.builder !== build.builder && hasRoom(each) && each.buildsFor(build) && each.mayHave(build),
    );
    if (other !== undefined) other.taken += 1;
    return other !== undefined;
  };
  const lease = { ...terms, bornAt: sinceWhen(terms, terms.bornAt, now), now, world, hasOther };
  return [...builds.claimedBy].flatMap(([builder, claimed]) => {
    if (builder === place.builder || claimed.size === 0 || nodes.has(builder as NodeName)) return [];
    const remote = remotes.get(builder as RemoteId);
    const heard = remote && neighbours.heard(remote.remote);
    return [...claimed.values()].flatMap((build) => {
      const reason = remote?.active ? loss(build, heard, lease) : notActive(remote);
      return reason === undefined ? [] : [{ build, reason }];
    });
  });
};

/** Builders with the places that what waits in the queue leaves them: one that was taken back before this look is among that, and not begun yet. */
const besidesWaiting = (...asked: Parameters<typeof candidates>): readonly Candidate[] => {
  const all = candidates(...asked);
  for (const { builder } of assignments(...asked)) {
    const given = all.find((each) => each.builder === builder);
    if (given !== undefined) given.taken += 1;
  }
  return all;
};

/** A name that is no remote's was ours, before this machine was called otherwise. */
const notActive = (remote: RemoteStory | undefined): string =>
  remote === undefined ? 'no builder is called so any more' : 'it is not active any more';

/** `hasOther`: whether another builder would begin it now; it has one place less for the next one. */
type Lease = LeaseTerms & {
  readonly bornAt: number;
  readonly now: number;
  readonly world: World;
  readonly hasOther: (build: BuildStory) => boolean;
};

const loss = (build: BuildStory, heard: Heard | undefined, lease: Lease): string | undefined => {
  const { status, dispatched, answer } = build;
  // It is ours to claim for the remote; and what was answered is with us.
  if (status !== 'building' || answer !== undefined) return undefined;
  const mark = dispatched && markOf(dispatched.request.sha256);
  const known = mark && heard?.statement.requests.get(mark);
  if (known?.state === 'declined' || known?.state === 'cancelled') return `it ${known.state} it: ${known.note}`;
  const { now, leaseMs } = lease;
  // All of it from the beginning: what was noted by a clock that was ahead counts from when it is seen first.
  const since = sinceWhen(build.requested, build.changedAt, now, build.changedBy);
  const spoke = heard === undefined ? lease.bornAt : sinceWhen(heard, heard.at, now);
  const progress = mark && heard?.progress.get(mark);
  const time = progress && now - sinceWhen(progress, progress.since, now);
  if (now - since <= leaseMs) return undefined;
  const silent = now - Math.max(spoke, since);
  if (silent > leaseMs) return `nothing was heard of it for ${seconds(silent)}`;
  if (heard === undefined) return undefined;
  if (progress === undefined || time === undefined) return 'it has not taken it';
  return stuck(build, progress.state, time, heard.statement.running, lease);
};

/** A result may be gigabytes, on a slow line: in leases. */
const mayTravel = 3;

/** Who keeps talking, and brings nothing. */
const stuck = (
  build: BuildStory,
  state: Progress['state'],
  time: number,
  isRunning: boolean,
  { leaseMs, buildMs, world, hasOther }: Lease,
): string | undefined => {
  switch (state) {
    case 'waiting':
      if (time <= leaseMs) return undefined;
      if (!isRunning) return `it is stopped, and did not begin it for ${seconds(time)}`;
      return hasOther(build) ? `it did not begin it for ${seconds(time)}, and others have room` : undefined;
    case 'building':
      return time > buildMs * (1 + checksWithBuild(build, world).length) + leaseMs
        ? `it has been building it for ${seconds(time)}, which is longer than it was told it may take`
        : undefined;
    case 'built':
      return time > mayTravel * leaseMs ? `it built it, and for ${seconds(time)} its result did not come` : undefined;
    default:
      return 'it sent a result that did not come, or was not taken';
  }
};

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`;

/** What who wanted something built may take to say that it waits for it. Milliseconds. */
const graceMs = 60_000;

/** Buildrequests of others that nobody waits for any more, and why. */
export const pointlessRequests = (
  { buildrequests, remotes }: World,
  neighbours: Pick<Neighbours, 'heard'>,
  now: number,
): readonly { readonly request: RequestStory; readonly reason: string }[] =>
  requestsIn(buildrequests, 'waiting', 'building', 'built').flatMap((request) => {
    const { remote, request: sha256 } = request.received;
    // By the clock by which others are heard, whatever that of the log says.
    const since = sinceWhen(request.received, now, now);
    const heard = neighbours.heard(remote);
    if (!remotes.get(remote)?.active) return [{ request, reason: `${remote} is not active any more` }];
    // What was heard at a time that is to come was heard before the clock was set back, and who knows when.
    if (heard === undefined || heard.at > now || heard.at - since < graceMs) return [];
    return heard.statement.awaits.has(markOf(sha256))
      ? []
      : [{ request, reason: `${remote} does not wait for it any more` }];
  });
