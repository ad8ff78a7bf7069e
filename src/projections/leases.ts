import type { NodeName } from '../domain/node/events.ts';
import { markOf } from '../domain/remote/statement.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { BuildStory } from './build-queue.ts';
import { type RequestStory, requestsIn } from './buildrequests.ts';
import type { World } from './world.ts';

/** Builds that a remote has and shall have no longer, and why. `leaseMs`: how long it may be silent. */
export const lostLeases = (
  { builds, remotes, nodes }: World,
  here: string,
  neighbours: Pick<Neighbours, 'heard'>,
  now: number,
  leaseMs: number,
): readonly { readonly build: BuildStory; readonly reason: string }[] =>
  [...builds.claimed.values()].flatMap((build) => {
    if (build.builder === undefined || build.builder === here || build.status !== 'building') return [];
    if (nodes.has(build.builder as NodeName)) return [];
    const remote = [...remotes.values()].find(({ remote: id }) => id === build.builder);
    const heard = remote && neighbours.heard(remote.remote);
    const reason = remote?.active ? loss(build, heard, now, leaseMs) : 'it is not active any more';
    return reason === undefined ? [] : [{ build, reason }];
  });

const loss = (
  { dispatched, answer, changedAt }: BuildStory,
  heard: ReturnType<Neighbours['heard']>,
  now: number,
  leaseMs: number,
): string | undefined => {
  // What was answered is with us.
  if (answer !== undefined) return undefined;
  const since = Date.parse(changedAt);
  const known = dispatched && heard?.statement.requests.get(markOf(dispatched.request.sha256));
  if (known?.state === 'declined' || known?.state === 'cancelled') return `it ${known.state} it: ${known.note}`;
  const silent = now - Math.max(heard?.at ?? 0, since);
  if (silent > leaseMs) return `nothing was heard of it for ${Math.round(silent / 1000)} s`;
  if (now - since <= leaseMs) return undefined;
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
