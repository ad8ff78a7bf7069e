import type { RemoteId } from '../domain/configuration/events.ts';
import { markOf, type RequestMark } from '../domain/remote/statement.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import { type BuildStory, claims } from './build-queue.ts';
import { requestsIn } from './buildrequests.ts';
import { livingNodes, nodesNotSilent } from './node-leases.ts';
import type { NodeStory } from './nodes.ts';
import { isPreferred, preferenceInWords, preferred } from './preference.ts';
import { addedRemotes, type RemoteStory } from './remotes.ts';
import { templateFor } from './templates.ts';
import { inOrder, laneOf } from './waiting-builds.ts';
import { load, mayGoTo, obstacle, type Place, undistributed } from './waiting-reason.ts';
import type { World } from './world.ts';

/** A build, who is to have it, and why they. */
export type Assignment = { readonly build: BuildStory; readonly builder: string; readonly because: string };

/** A builder as it stands: builds it has, or waits to have, by the places it has. */
type Candidate = {
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

/** Each waiting build to the fitting builder with the lowest load, here or elsewhere, in the order of the queue, as long as there is room. */
export const assignments = (
  world: World,
  place: Place,
  neighbours: Pick<Neighbours, 'heard'>,
  now: number,
  roll: RollCall,
): readonly Assignment[] => {
  if (world.engine === 'stopped' || world.builds.waiting.size === 0) return [];
  const candidates = [
    here(world, place),
    ...atNodes(world, livingNodes(world, roll, now, livingMs), now),
    ...elsewhere(world, neighbours, now),
  ].filter(hasRoom);
  const buildersFor = memo((build) => candidates.filter((each) => each.buildsFor(build)));
  const found: Assignment[] = [];
  for (const build of inOrder(world.builds.waiting.values(), (first) => buildersFor(first).some(hasRoom))) {
    const chosen = choose(build, buildersFor(build), world);
    if (chosen !== undefined) found.push(chosen);
  }
  return found;
};

const hasRoom = ({ room, taken }: Candidate): boolean => taken < room;

/** Builds of one lane are asked for once. */
const memo = (find: (build: BuildStory) => readonly Candidate[]): typeof find => {
  const known = new Map<string, readonly Candidate[]>();
  return (build) => {
    const lane = laneOf(build);
    const found = known.get(lane) ?? find(build);
    known.set(lane, found);
    return found;
  };
};

const choose = (build: BuildStory, builders: readonly Candidate[], world: World): Assignment | undefined => {
  const fitting = builders.filter((each) => hasRoom(each) && each.mayHave(build));
  const [first] = fitting;
  if (first === undefined) return undefined;
  // Of two with the same load the first one: it is nearer.
  const best = fitting.reduce((least, each) => (loadOf(each) < loadOf(least) ? each : least), first);
  const because = `${reason(build, best, fitting)}${preferenceInWords(build, preferred(build, world))}`;
  best.taken += 1;
  return { build, builder: best.builder, because };
};

const loadOf = ({ taken, room }: Candidate): number => taken / room;

const reason = ({ requested }: BuildStory, best: Candidate, fitting: readonly Candidate[]): string => {
  const chroot = `a chroot for ${requested.codename}/${requested.architecture}`;
  const others = fitting.filter((each) => each !== best).slice(0, 5);
  if (others.length === 0) return `${best.builder} has ${chroot} and room (${best.room} builds at once)`;
  const loads = others.map((each) => `${each.builder} ${loadOf(each).toFixed(2)}`).join(', ');
  return `${best.builder} has the lowest load (${loadOf(best).toFixed(2)}) of those with ${chroot} and room: ${loads}`;
};

const here = (world: World, place: Place): Candidate => ({
  builder: place.builder,
  room: place.room,
  taken: load(world, place) + requestsIn(world.buildrequests, 'waiting').length,
  buildsFor: (build) => obstacle(build, world, place) === undefined,
  mayHave: () => true,
});

/** A node that was silent for longer may be gone; its lease is longer. Milliseconds. */
const livingMs = 20_000;

const atNodes = (world: World, nodes: readonly NodeStory[], now: number): readonly Candidate[] =>
  nodes.map(({ node, process, templates }) => ({
    builder: node,
    room: process?.room ?? 0,
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
        buildsFor: (build) => undistributed(build, world) === undefined && mayGoTo(build, remote, world),
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
  now - heard.at <= freshMs &&
  heard.statement.trusts.some((key) => configuration.archiveKeys.some(({ fingerprint }) => fingerprint === key));

const shuns = ({ lostBy }: BuildStory, builder: string, now: number): boolean => {
  const lost = lostBy.get(builder);
  return lost !== undefined && now - Date.parse(lost) < shunnedMs;
};

/** Builds that it was given and that are not in the load it told, because it did not have them yet. */
const unknownThere = ({ builds }: World, remote: RemoteId, known: ReadonlyMap<RequestMark, unknown>): number =>
  claims(builds, remote).filter(
    ({ dispatched }) => dispatched === undefined || !known.has(markOf(dispatched.request.sha256)),
  ).length;
