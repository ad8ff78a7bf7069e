import type { Configuration } from '../domain/configuration/configuration.ts';
import type { RemoteId } from '../domain/configuration/events.ts';
import { onceFor } from '../domain/once-for.ts';
import { markOf, type RequestMark } from '../domain/remote/statement.ts';
import { sinceWhen } from '../domain/since-when.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { type BuildStory, claims } from './build-queue.ts';
import { requestsIn } from './buildrequests.ts';
import { livingNodes, nodesNotSilent } from './node-leases.ts';
import type { NodeStory } from './nodes.ts';
import { isPreferred, preferred } from './preference.ts';
import { type AddedRemote, addedRemotes, type RemoteStory } from './remotes.ts';
import { templateFor } from './templates.ts';
import { laneOf } from './waiting-builds.ts';
import { isTakenBy, load, obstacle, type Place, undistributed } from './waiting-reason.ts';
import type { World } from './world.ts';

/** A builder as it stands: builds it has, or waits to have, by the places it has. */
export type Candidate = {
  readonly builder: string;
  readonly room: number;
  taken: number;
  /** Whether it builds for the distribution and architecture of this one, and whether it shall have this one. */
  readonly buildsFor: (build: BuildStory) => boolean;
  readonly mayHave: (build: BuildStory) => boolean;
};

/** What a remote said longer ago says nothing of now. Milliseconds. */
const freshMs = 60_000;
/** Who lost a build, a remote or a node, is not given it again so soon. Milliseconds. */
const shunnedMs = 3_600_000;
/** A node that was silent for longer may be gone; its lease is longer. Milliseconds. */
const livingMs = 20_000;

/** Everybody who builds now, here, on this log and elsewhere, the nearest first; also those whose places are all taken. */
export const candidates = (
  world: World,
  place: Place,
  neighbours: Pick<Neighbours, 'heard'>,
  now: number,
  roll: RollCall,
): readonly Candidate[] => [
  here(world, place),
  ...atNodes(world, livingNodes(world, roll, now, livingMs), now),
  ...elsewhere(world, neighbours, now),
];

export const hasRoom = ({ room, taken }: Candidate): boolean => taken < room;

export const loadOf = ({ taken, room }: Candidate): number => taken / room;

export const placesOf = (builders: readonly Candidate[]): number => builders.reduce((sum, { room }) => sum + room, 0);

const here = (world: World, place: Place): Candidate => ({
  builder: place.builder,
  room: place.room,
  taken: load(world, place) + requestsIn(world.buildrequests, 'waiting').length,
  buildsFor: (build) => obstacle(build, world, place) === undefined,
  mayHave: () => true,
});

const atNodes = (world: World, nodes: readonly NodeStory[], now: number): readonly Candidate[] =>
  nodes.map(({ node, process, templates }) => ({
    builder: node,
    room: process?.full === undefined ? (process?.room ?? 0) : 0,
    taken: claims(world.builds, node).length,
    buildsFor: (build) =>
      undistributed(build, world) === undefined &&
      isPreferred(preferred(build, world), { builder: node, tags: [] }) &&
      templateFor(templates.builds, build.requested).prepared !== undefined,
    mayHave: (build) => !shuns(build, node, now),
  }));

/** Whether a node may have a build that waits, once it has a place. One that had no time yet to say that it lives counts too. */
export const nodesFor = (world: World, roll: RollCall, now: number): ((build: BuildStory) => boolean) => {
  const there = atNodes(world, nodesNotSilent(world, roll, now, livingMs), now).filter(({ room }) => room > 0);
  return (build) => there.some((each) => each.buildsFor(build) && each.mayHave(build));
};

const elsewhere = (world: World, neighbours: Pick<Neighbours, 'heard'>, now: number): readonly Candidate[] =>
  addedRemotes(world.remotes).flatMap((remote) => {
    const heard = neighbours.heard(remote.remote);
    if (!isUsable(remote, heard, world, now) || heard === undefined) return [];
    const { load: said, room } = heard.statement;
    return [
      {
        builder: remote.remote,
        room,
        taken: Math.round(said * room) + unknownThere(world, remote.remote, heard.statement.requests),
        buildsFor: (build) => isBuiltThere(build, remote, world),
        mayHave: (build) => !shuns(build, remote.remote, now),
      },
    ];
  });

/** It answers, runs, and takes what we sign. */
const isUsable = (
  { active, state }: RemoteStory,
  heard: ReturnType<Neighbours['heard']>,
  { configuration }: World,
  now: number,
): boolean =>
  active &&
  state === 'found' &&
  heard?.statement.running === true &&
  now - sinceWhen(heard, heard.at, now) <= freshMs &&
  heard.statement.trusts.some((key) => configuration.archiveKeys.some(({ fingerprint }) => fingerprint === key));

/** Remotes as they are known, never changed in place: what builds in a lane is asked once for each, until it or the configuration is another. */
const builtThere = new WeakMap<RemoteStory, { readonly by: Configuration; readonly known: Map<string, boolean> }>();

/** What every remote is asked of a build, put together once for all of them. */
const questions = new WeakMap<BuildStory['requested'], string>();

const askedFor = (build: BuildStory): string => {
  const { requested } = build;
  const known = questions.get(requested);
  if (known !== undefined) return known;
  const words = `${laneOf(build)} ${requested.codename}`;
  questions.set(requested, words);
  return words;
};

const isBuiltThere = (build: BuildStory, remote: AddedRemote, world: World): boolean => {
  const { configuration } = world;
  let there = builtThere.get(remote);
  if (there?.by !== configuration) {
    there = { by: configuration, known: new Map() };
    builtThere.set(remote, there);
  }
  const question = askedFor(build);
  let answer = there.known.get(question);
  if (answer === undefined) {
    answer = undistributed(build, world) === undefined && isTakenBy(build, remote, world);
    there.known.set(question, answer);
  }
  return answer;
};

const shuns = ({ lostBy }: BuildStory, builder: string, now: number): boolean => {
  const lost = lostBy.get(builder);
  return lost !== undefined && now - sinceWhen(lost, lost.at, now) < shunnedMs;
};

type Dispatched = NonNullable<BuildStory['dispatched']>;

/** Looked up for each build under way whenever somebody looks for room. */
const markOfRequest = onceFor(({ request }: Dispatched): RequestMark => markOf(request.sha256));

/** Builds that it was given and that are not in the load it told, because it did not have them yet. */
const unknownThere = ({ builds }: World, remote: RemoteId, known: ReadonlyMap<RequestMark, unknown>): number =>
  claims(builds, remote).filter(({ dispatched }) => dispatched === undefined || !known.has(markOfRequest(dispatched)))
    .length;
