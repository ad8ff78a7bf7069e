import { right } from 'fp-ts/lib/Either.js';
import { Codename } from '../../domain/debian/names.ts';
import type { SilentNodes } from '../../projections/node-leases.ts';
import type { Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { machinesList, type SaidByRemotes, soughtKinds, soughtStandings } from '../pages/machines-list.ts';
import { Machines } from './answer-shapes.ts';
import { choice, versionGlob } from './arguments.ts';
import { maybeArchitecture } from './build-arguments.ts';
import { type Command, command } from './command.ts';
import { maybe } from './history-arguments.ts';
import { listArguments, whereInList } from './list-arguments.ts';
import { table } from './table.ts';

/** `machines`: what builds and what is built in, as the page of that name lists it. */
export const listMachines = (world: World, place: Place, peers: SaidByRemotes, silent: () => SilentNodes): Command =>
  command({
    name: 'machines',
    answer: Machines,
    summary:
      'Lists what builds: this builder, nodes, other instances and chroots, how each does and what it builds now',
    arguments: {
      kind: choice(soughtKinds, 'Only those of this kind', 'k'),
      state: choice(soughtStandings, 'Only those that do so', 's'),
      architecture: { ...maybeArchitecture, summary: 'Only those that build for this architecture' },
      codename: maybe(Codename, 'Only those that build for this codename', 'c'),
      name: versionGlob('Only those of this name, with * and ?', 'm'),
      page: listArguments.page,
    },
    privilege: 'none',
    run: (given, _actor, caller) => {
      const list = machinesList(world, place, peers, silent)(given, caller);
      return right({ json: list, plain: `${table(headings, list.items.map(cells))}${whereInList(list)}` });
    },
  });

const headings = ['State', 'Kind', 'Name', 'Building', 'For', 'Note'];

const cells = (machine: ReturnType<ReturnType<typeof machinesList>>['items'][number]): readonly string[] => [
  machine.state,
  machine.kind,
  machine.name,
  [
    machine.room === null ? String(machine.running) : `${machine.running} of ${machine.room}`,
    ...machine.building.map(({ source, version }) => `${source} ${version}`),
  ].join(', '),
  machine.buildsFor.join(' '),
  machine.reason,
];
