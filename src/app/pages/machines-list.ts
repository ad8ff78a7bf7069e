import type { Caller } from '../../domain/account/caller.ts';
import { suffices } from '../../domain/account/privilege.ts';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import type { Architecture, Codename } from '../../domain/debian/names.ts';
import type { StreamName } from '../../domain/ids.ts';
import type { Statement } from '../../domain/remote/statement.ts';
import { instanceStream, nodeStream } from '../../domain/stream.ts';
import { type BuildStory, claims } from '../../projections/build-queue.ts';
import type { SilentNodes } from '../../projections/node-leases.ts';
import { addedNodes, type NodeStory } from '../../projections/nodes.ts';
import { type AddedRemote, addedRemotes } from '../../projections/remotes.ts';
import type { Template, Templates } from '../../projections/templates.ts';
import type { Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { type Standing, standingOf } from '../administration/standing.ts';
import { standingOfBuilder } from '../administration/standing-of-builder.ts';
import { standingOfNode, standingOfRemote } from '../administration/standing-of-others.ts';
import { buildersNow, type Said } from '../builders-now.ts';
import { pageOf } from './listing.ts';

/** What builds, and what is built in. */
export const soughtKinds = ['any', 'builder', 'node', 'remote', 'chroot'] as const;

/** How it does. */
export const soughtStandings = ['any', 'ready', 'busy', 'troubled', 'inactive'] as const;

/** Which machines are asked for; `undefined` is any. */
export type MachinesAsked = {
  readonly kind: (typeof soughtKinds)[number];
  readonly state: (typeof soughtStandings)[number];
  readonly architecture: Architecture | undefined;
  readonly codename: Codename | undefined;
  readonly name: (name: string) => boolean;
  /** From 1. */
  readonly page: number | undefined;
};

/** What remotes said last: how much they do, and how they stand to us. */
export type SaidByRemotes = Said & {
  readonly heard: (
    remote: AddedRemote['remote'],
  ) => { readonly statement: Pick<Statement, 'load' | 'room' | 'running' | 'trusts'> } | undefined;
};

/** A chroot is one for a codename and an architecture; all others have chroots, or say so. */
type Target = { readonly codename: Codename; readonly architecture: Architecture };

type Machine = {
  readonly kind: Exclude<MachinesAsked['kind'], 'any'>;
  readonly name: string;
  readonly standing: Standing;
  readonly room: number | null;
  readonly running: number;
  readonly targets: readonly Target[];
  /** Builds of ours that it has. */
  readonly has: readonly BuildStory[];
  /** Where its history is. */
  readonly stream: StreamName;
};

/** A page of this builder, the nodes on its log, other instances and chroots, in this order. */
export const machinesList =
  (world: World, place: Place, peers: SaidByRemotes, silent: () => SilentNodes) =>
  (asked: MachinesAsked, { privilege }: Pick<Caller, 'privilege'>) => {
    const { items, ...where } = pageOf(
      machinesOf(world, place, peers, silent()).filter(isMeant(asked)),
      asked.page ?? 1,
    );
    return { ...where, items: items.map((machine) => lineOf(machine, suffices(privilege, 'staff'))) };
  };

const isMeant =
  ({ kind, state, architecture, codename, name }: MachinesAsked) =>
  (machine: Machine): boolean =>
    (kind === 'any' || kind === machine.kind) &&
    (state === 'any' || state === wordFor[machine.standing.look]) &&
    name(machine.name) &&
    ((architecture === undefined && codename === undefined) ||
      machine.targets.some(
        (each) =>
          (architecture === undefined || architecture === each.architecture) &&
          (codename === undefined || codename === each.codename),
      ));

const wordFor = {
  good: 'ready',
  busy: 'busy',
  warn: 'troubled',
  bad: 'troubled',
  idle: 'inactive',
} as const satisfies Record<Standing['look'], MachinesAsked['state']>;

const machinesOf = (world: World, place: Place, peers: SaidByRemotes, silent: SilentNodes): readonly Machine[] => {
  const loads = new Map(buildersNow(world, place, peers).map((each) => [each.name, each]));
  const loadOf = (name: string) => ({ running: loads.get(name)?.running ?? 0, room: loads.get(name)?.room ?? null });
  return [
    {
      kind: 'builder',
      name: place.builder,
      standing: standingOfBuilder(world, place),
      ...loadOf(place.builder),
      targets: preparedIn(world.templates, place.architectures),
      has: claims(world.builds, place.builder),
      stream: instanceStream,
    },
    ...addedNodes(world.nodes)
      .filter(({ hasWorked }) => hasWorked)
      .map((story) => ({ ...node(story, world, silent), ...loadOf(story.node) })),
    ...addedRemotes(world.remotes).map((story) => ({ ...remote(story, world, peers), ...loadOf(story.remote) })),
    ...[...world.templates].flatMap(([name, template]) => chroot(name, template, world, place)),
  ];
};

const node = (story: NodeStory, world: World, silent: SilentNodes) => ({
  kind: 'node' as const,
  name: story.node as string,
  standing: standingOfNode(story, silent),
  targets: preparedIn(story.templates.builds),
  has: claims(world.builds, story.node),
  stream: nodeStream(story.node),
});

const remote = (story: AddedRemote, world: World, peers: SaidByRemotes) => ({
  kind: 'remote' as const,
  name: story.remote as string,
  standing: standingOfRemote(story, peers.heard(story.remote)?.statement, signersOf(world.configuration)),
  targets: story.chroots,
  has: claims(world.builds, story.remote),
  stream: `remote-${story.remote}` as StreamName,
});

/** One that is being taken away is none any more. */
const chroot = (name: string, { chroot }: Template, world: World, { builder }: Place): readonly Machine[] => {
  if (chroot === undefined) return [];
  const { codename, architecture } = chroot;
  const has = claims(world.builds, builder).filter(
    ({ requested }) => requested.codename === codename && requested.architecture === architecture,
  );
  return [
    {
      kind: 'chroot',
      name,
      standing: standingOf('chroots', name, world),
      room: null,
      running: has.length,
      targets: [{ codename, architecture }],
      has,
      stream: `chroot-${name}` as StreamName,
    },
  ];
};

const preparedIn = (templates: Templates, architectures?: readonly Architecture[]): readonly Target[] =>
  [...templates.values()].flatMap(({ chroot, prepared }) =>
    chroot === undefined || prepared === undefined || architectures?.includes(chroot.architecture) === false
      ? []
      : [{ codename: chroot.codename, architecture: chroot.architecture }],
  );

/** What is said of other machines in the log is for staff to see. */
const lineOf = ({ targets, has, standing, stream, ...machine }: Machine, isForStaff: boolean) => ({
  ...machine,
  stream: isForStaff || machine.kind === 'builder' || machine.kind === 'chroot' ? stream : null,
  ...standing,
  since: standing.since ?? null,
  buildsFor: targets.map(({ codename, architecture }) => `${codename}/${architecture}`),
  building: has.map(({ id, requested: { source, version, architecture } }) => ({
    build: id,
    source: source as string,
    version: version as string,
    architecture: architecture as string,
  })),
});
