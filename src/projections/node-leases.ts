import { lackOfRoom } from '../domain/disk-room.ts';
import type { NodeName } from '../domain/node/events.ts';
import { sinceWhen } from '../domain/since-when.ts';
import type { RollCall } from '../ports/roll-call.ts';
import type { BuildStory } from './build-queue.ts';
import type { CheckStory } from './checks.ts';
import { addedNodes, type NodeStory } from './nodes.ts';
import type { World } from './world.ts';

type Process = NonNullable<NodeStory['process']>;
type Lost<Work> = { readonly work: Work; readonly node: NodeName } & Loss;
/** `inOrder`: it was stopped, or has no room, which says nothing against giving it the same again when it is back. */
type Loss = { readonly reason: string; readonly inOrder: boolean };

/** Builds that a node has and shall have no longer, and why. `leaseMs`: how long a node may be silent. */
export const buildsLostAtNodes = (
  world: World,
  roll: RollCall,
  now: number,
  leaseMs: number,
): readonly Lost<BuildStory>[] =>
  [...world.builds.claimed.values()].flatMap((work) => lost(work, world, roll, now, leaseMs));

/** The same for checks. */
export const checksLostAtNodes = (
  world: World,
  roll: RollCall,
  now: number,
  leaseMs: number,
): readonly Lost<CheckStory>[] =>
  [...world.checks.open.values()].flatMap((work) =>
    work.status === 'running' ? lost(work, world, roll, now, leaseMs) : [],
  );

const lost = <Work extends BuildStory | CheckStory>(
  work: Work,
  { nodes }: World,
  roll: RollCall,
  now: number,
  leaseMs: number,
): readonly Lost<Work>[] => {
  const story = nodes.get(work.builder as NodeName);
  if (story === undefined) return [];
  const since = sinceWhen(work.requested, work.changedAt, now, work.changedBy);
  const found = loss(story, work.status, since, roll, now, leaseMs);
  return found === undefined ? [] : [{ work, node: story.node, ...found }];
};

const loss = (
  story: NodeStory,
  status: (BuildStory | CheckStory)['status'],
  since: number,
  roll: RollCall,
  now: number,
  leaseMs: number,
): Loss | undefined => {
  if (story.key === undefined) return { reason: 'it is no node any more', inOrder: false };
  if (story.process === undefined) return { reason: 'it was stopped', inOrder: true };
  // What a former life heard is not known: a node has the same patience from the beginning of this one.
  const silent = now - Math.max(lastHeard(story.node, story.process, roll, now), since);
  if (silent <= leaseMs) {
    // What it has begun it may end; and checks are small.
    return status !== 'assigned' || story.process.full === undefined
      ? undefined
      : { reason: `it has no room: ${lackOfRoom(story.process.full, 'its disk')}`, inOrder: true };
  }
  return { reason: `nothing was heard of it for ${Math.round(silent / 1000)} s`, inOrder: false };
};

/** That a process began is heard of it too; and before anybody listened nobody was silent. */
const lastHeard = (node: NodeName, process: Process, roll: RollCall, now: number): number =>
  Math.max(heardAt(node, process, roll, now) ?? 0, roll.since(), sinceWhen(process, process.since, now));

const heardAt = (node: NodeName, { token }: Process, roll: RollCall, now: number): number | undefined => {
  const heard = roll.heard(node, token);
  return heard && sinceWhen(heard, heard.at, now);
};

/** Those that may be given something to do: their process was heard within `freshMs`. */
export const livingNodes = ({ nodes }: World, roll: RollCall, now: number, freshMs: number): readonly NodeStory[] =>
  [...nodes.values()].filter(({ node, process }) => {
    const heard = process && heardAt(node, process, roll, now);
    return heard !== undefined && now - heard <= freshMs;
  });

/** Those whose process was heard within `patienceMs`, or could not be: it, or this life, has only begun. */
export const nodesNotSilent = (
  { nodes }: World,
  roll: RollCall,
  now: number,
  patienceMs: number,
): readonly NodeStory[] =>
  [...nodes.values()].filter(
    ({ node, process }) => process !== undefined && now - lastHeard(node, process, roll, now) <= patienceMs,
  );

/** Nodes that should work and are silent, and how. */
export type SilentNodes = ReadonlyMap<NodeName, string>;

export const silentNodes = (world: World, roll: RollCall, now: number, patienceMs: number): SilentNodes => {
  const heard = new Set(nodesNotSilent(world, roll, now, patienceMs));
  return new Map(
    addedNodes(world.nodes).flatMap((story) => {
      const { node, process } = story;
      if (process === undefined || heard.has(story)) return [];
      const reason = roll.heldBy(node, process.token);
      return [[node, reason === undefined ? 'is silent' : `can record nothing (${reason})`] as const];
    }),
  );
};
