import { right } from 'fp-ts/lib/Either.js';
import type { World } from '../../projections/world.ts';
import { statisticsPage } from '../pages/statistics-page.ts';
import { choice } from './arguments.ts';
import { type Command, command } from './command.ts';
import { table } from './table.ts';

/** `statistics`: what happened day by day, as the page of that name draws it. */
export const statistics = (world: World, now: () => number): Command =>
  command({
    name: 'statistics',
    summary: 'Counts uploads and builds, and says how long builds took and waited and what room is taken',
    arguments: { by: choice(['days', 'weeks', 'months'], 'How finely time is divided', 'b') },
    privilege: 'none',
    run: ({ by }) => {
      const model = statisticsPage(world)(by, now());
      return right({ json: model, plain: table(headings, model.stretches.map(cells)) });
    },
  });

type Stretch = ReturnType<ReturnType<typeof statisticsPage>>['stretches'][number];

const headings = [
  'From',
  'Accepted',
  'Rejected',
  'Installed',
  'Built',
  'Failed',
  'Half within',
  'Most waiting',
  'Bytes',
];

const cells = ({ begins, uploads, builds, half, waiting, kept }: Stretch): readonly string[] => [
  begins,
  ...[uploads.accepted, uploads.rejected, uploads.installed].map(String),
  ...[sum(builds.map(({ succeeded }) => succeeded)), sum(builds.map(({ failed }) => failed))].map(String),
  half === undefined ? '-' : `${Math.round(half)} s`,
  String(waiting),
  String(sum(kept)),
];

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
