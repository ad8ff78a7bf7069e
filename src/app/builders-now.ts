import type { RemoteId } from '../domain/configuration/events.ts';
import type { Statement } from '../domain/remote/statement.ts';
import { claims } from '../projections/build-queue.ts';
import { requestsIn } from '../projections/buildrequests.ts';
import { addedNodes, chrootsAt } from '../projections/nodes.ts';
import { addedRemotes } from '../projections/remotes.ts';
import { load, type Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';

/** Somebody who may be given builds: how many they have, of how many they may have at once. */
export type BuilderNow = {
  readonly name: string;
  readonly running: number;
  readonly room: number;
  readonly note: string | undefined;
};

/** What remotes said last, as far as it matters here. */
export type Said = {
  readonly heard: (
    remote: RemoteId,
  ) => { readonly statement: Pick<Statement, 'load' | 'room' | 'running' | 'trusts'> } | undefined;
};

/** This machine, the nodes on its log, and active remotes as they said last. */
export const buildersNow = (world: World, place: Place, peers: Said): readonly BuilderNow[] => [
  { name: place.builder, running: load(world, place), room: place.room, note: guests(world) },
  ...nodes(world),
  ...remotes(world, peers),
];

/** What is built here for others. */
export const guests = ({ buildrequests }: World): string | undefined => {
  const atWork = requestsIn(buildrequests, 'building').length;
  return atWork === 0 ? undefined : `${atWork} of them for other instances`;
};

const nodes = (world: World): readonly BuilderNow[] =>
  addedNodes(world.nodes)
    .filter(({ hasWorked }) => hasWorked)
    .map((story) => ({
      name: story.node,
      running: claims(world.builds, story.node).length,
      room: story.process?.room ?? 0,
      note: story.process === undefined ? 'node, does not work' : `node${buildsFor(chrootsAt(story))}`,
    }));

const remotes = (world: World, peers: Said): readonly BuilderNow[] =>
  addedRemotes(world.remotes).flatMap(({ remote, active, state, lost, chroots }) => {
    const { load: said = 0, room = 0 } = peers.heard(remote)?.statement ?? {};
    const places = chroots.map(({ codename, architecture }) => `${codename}/${architecture}`);
    const note = state === 'lost' ? `lost: ${lost?.fact}` : `remote${buildsFor(places)}`;
    return active ? [{ name: remote, running: Math.min(Math.round(said * room), room), room, note }] : [];
  });

const buildsFor = (chroots: readonly string[]): string =>
  chroots.length === 0 ? '' : `, builds for ${chroots.join(' ')}`;
