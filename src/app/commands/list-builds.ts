import { right } from 'fp-ts/lib/Either.js';
import { text } from '../../domain/codec.ts';
import type { Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { buildsList, soughtStates } from '../pages/builds-list.ts';
import { Builds } from './answer-shapes.ts';
import { choice, maybeDistribution, orNothing, versionGlob } from './arguments.ts';
import { maybeArchitecture } from './build-arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';
import { listArguments, whereInList } from './list-arguments.ts';
import { table } from './table.ts';

/** `builds`: those under way and those that ended lately, as the page of that name lists them. */
export const listBuilds = (world: World, place: Place, now: () => number): Command =>
  command({
    name: 'builds',
    answer: Builds,
    summary: 'Lists builds under way and those that ended lately, the newest first',
    arguments: {
      state: choice(soughtStates, 'Only those that stand so', 's'),
      architecture: maybeArchitecture,
      distribution: maybeDistribution('Only for this distribution'),
      builder: maybeBuilder,
      source: versionGlob('Only of source packages of this name, with * and ?', 'p'),
      page: listArguments.page,
    },
    privilege: 'none',
    run: (given) => {
      const list = buildsList(world, place, now)(given);
      return right({ json: list, plain: `${table(headings, list.items.map(cells))}${whereInList(list)}` });
    },
  });

const maybeBuilder: ArgumentOf<string | undefined> = {
  codec: orNothing(text('BuilderName', /^[\x21-\x7e]{1,200}$/, 'the name of a builder')),
  positional: false,
  short: 'b',
  fallback: '',
  summary: 'Only those that this builder has, or had last',
};

const headings = ['State', 'Source', 'Version', 'Distribution', 'Architecture', 'Builder', 'Since', 'Took', 'Note'];

const cells = (build: ReturnType<ReturnType<typeof buildsList>>['items'][number]): readonly string[] => [
  build.state,
  build.source,
  build.version,
  build.distribution,
  build.architecture,
  build.builder ?? '',
  build.changedAt.slice(0, 16),
  build.seconds === null ? '' : `${build.seconds} s`,
  build.note ?? '',
];
