import { type Instant, instant } from '../domain/codec.ts';
import type { RemoteId } from '../domain/configuration/events.ts';
import type { NodeName } from '../domain/node/events.ts';
import { markOf } from '../domain/remote/statement.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { BuildStory } from './build-queue.ts';
import { type RequestStory, requestsIn } from './buildrequests.ts';
import type { RemoteStory } from './remotes.ts';
import type { World } from './world.ts';

/** Builds that a remote has and shall have no longer, and why. `leaseMs`: how long it may be silent. */
export const lostLeases = (
  { builds, remotes, nodes }: World,
  here: string,
  neighbours: Pick<Neighbours, 'heard'>,
  now: number,
  leaseMs: number,
): readonly { readonly build: BuildStory; readonly reason: string }[] => {
  if (builds.claimed.size === 0) return [];
  const lease = { now, leaseMs, longAgo: instant(now - leaseMs) };
  return [...builds.claimedBy].flatMap(([builder, claimed]) => {
    if (builder === here || claimed.size === 0 || nodes.has(builder as NodeName)) return [];
    const remote = remotes.get(builder as RemoteId);
    const heard = remote && neighbours.heard(remote.remote);
    return [...claimed.values()].flatMap((build) => {
      const reason = remote?.active ? loss(build, heard, lease) : notActive(remote);
      return reason === undefined ? [] : [{ build, reason }];
    });
  });
};

/** A name that is no remote's was ours, before this machine was called otherwise. */
const notActive = (remote: RemoteStory | undefined): string =>
  remote === undefined ? 'no builder is called so any more' : 'it is not active any more';

/** `longAgo`: what changed before that has been so for longer than a lease. */
type Lease = { readonly now: number; readonly leaseMs: number; readonly longAgo: Instant };

const loss = (
  { status, dispatched, answer, changedAt }: BuildStory,
  heard: ReturnType<Neighbours['heard']>,
  { now, leaseMs, longAgo }: Lease,
): string | undefined => {
  // It is ours to claim for the remote; and what was answered is with us.
  if (status !== 'building' || answer !== undefined) return undefined;
  const known = dispatched && heard?.statement.requests.get(markOf(dispatched.request.sha256));
  if (known?.state === 'declined' || known?.state === 'cancelled') return `it ${known.state} it: ${known.note}`;
  if (changedAt >= longAgo) return undefined;
  const silent = now - Math.max(heard?.at ?? 0, Date.parse(changedAt));
  if (silent > leaseMs) return `nothing was heard of it for ${Math.round(silent / 1000)} s`;
  if (known === undefined) return 'it has not taken it';
  return known.state === 'sent' ? 'it sent a result that did not come, or was not taken' : undefined;
};

/** What who wanted something built may take to say that it waits for it. Milliseconds. */
const graceMs = 60_000;

/** Buildrequests of others that nobody waits for any more, and why. */
export const pointlessRequests = (
  { buildrequests, remotes }: World,
  neighbours: Pick<Neighbours, 'heard'>,
): readonly { readonly request: RequestStory; readonly reason: string }[] =>
  requestsIn(buildrequests, 'waiting', 'building', 'built').flatMap((request) => {
    const { remote, request: sha256 } = request.received;
    const heard = neighbours.heard(remote);
    if (!remotes.get(remote)?.active) return [{ request, reason: `${remote} is not active any more` }];
    if (heard === undefined || heard.at - Date.parse(request.receivedAt) < graceMs) return [];
    return heard.statement.awaits.includes(markOf(sha256))
      ? []
      : [{ request, reason: `${remote} does not wait for it any more` }];
  });
