import { right } from 'fp-ts/lib/Either.js';
import { binaryType } from '../../domain/archive/pool-path.ts';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { Contents, Slot } from '../../projections/contents.ts';
import { eachInSlices, inSlices, type Sliced } from '../../projections/slices.ts';
import type { World } from '../../projections/world.ts';
import { PackagesFound } from './answer-shapes.ts';
import { choice, flag, glob, nameSearch } from './arguments.ts';
import { type Command, command } from './command.ts';
import { table } from './table.ts';

/** How many rows of one distribution `list` gives at most. */
const mostRows = 50;

/** `list`: packages by pattern. */
export const list = (world: World): Command =>
  command({
    name: 'list',
    answer: PackagesFound,
    summary: 'Lists source and binary packages whose name matches a pattern',
    arguments: {
      pattern: glob('Name of a source or binary package, with * and ?'),
      'with-rollbacks': flag('Rollback distributions too', 'r'),
      distribution: nameSearch('Only distributions in whose name this is found', 'D'),
      type: choice(['any', 'dsc', 'deb', 'udeb'], 'Only packages of this type', 'T'),
    },
    privilege: 'login',
    run: async (given) => {
      const rows = await inSlices(rowsIn(world.contents, given));
      return right({ json: rows, plain: table(headings, rows.map(cells), 'No packages found.') });
    },
  });

type Row = {
  readonly package: string;
  readonly type: 'dsc' | 'deb' | 'udeb';
  readonly architecture: string;
  readonly distribution: DistributionName;
  readonly component: string;
  readonly version: string;
  readonly source: string;
};

type Sought = {
  readonly pattern: (name: string) => boolean;
  readonly 'with-rollbacks': boolean;
  readonly distribution: RegExp;
  readonly type: Row['type'] | 'any';
};

/** There may be hundreds of distributions and a hundred thousand packages in each: others have their turn meanwhile. */
function* rowsIn(contents: Contents, sought: Sought): Sliced<readonly Row[]> {
  const rows: Row[] = [];
  for (const [suite, { isConfigured, slots }] of contents.shelves) {
    yield;
    if (!isConfigured) continue;
    if (sought.distribution.test(suite))
      rows.push(...(yield* rowsOf(suite, slots.values(), ({ present }) => present, sought)));
    if (!sought['with-rollbacks']) continue;
    const deepest = yield* depthOf(slots.values());
    for (let rollback = 0; rollback < deepest; rollback += 1) {
      const name = distributionName({ ...parseDistribution(suite), rollback });
      if (sought.distribution.test(name))
        rows.push(...(yield* rowsOf(name, slots.values(), ({ earlier }) => earlier[rollback], sought)));
    }
  }
  return rows;
}

function* depthOf(slots: Iterable<Slot>): Sliced<number> {
  let deepest = 0;
  yield* eachInSlices(slots, ({ earlier }) => {
    deepest = Math.max(deepest, earlier.length);
  });
  return deepest;
}

/** Most of a repository does not match: of that nothing is made. */
function* rowsOf(
  distribution: DistributionName,
  slots: Iterable<Slot>,
  of: (slot: Slot) => HeldVersion | undefined,
  { pattern, type }: Sought,
): Sliced<readonly Row[]> {
  const rows: Row[] = [];
  let looked = 0;
  for (const slot of slots) {
    const held = of(slot);
    if (held !== undefined) rows.push(...rowsOfVersion(distribution, held, pattern, type));
    if (rows.length >= mostRows) return rows.slice(0, mostRows);
    looked += 1;
    if (looked % aTurn === 0) yield;
  }
  return rows;
}

const aTurn = 500;

const rowsOfVersion = (
  distribution: DistributionName,
  { source, version, component, binaries }: HeldVersion,
  matches: (name: string) => boolean,
  type: Row['type'] | 'any',
): readonly Row[] => {
  const isWhole = matches(source);
  const rows: Row[] = [];
  if (isWhole && type !== 'deb' && type !== 'udeb')
    rows.push({ package: source, type: 'dsc', architecture: 'source', distribution, component, version, source });
  for (const binary of binaries) {
    if (!isWhole && !matches(binary.package)) continue;
    const kind = binaryType(binary);
    if (type === 'any' || type === kind) rows.push({ ...binary, type: kind, distribution, source });
  }
  return rows;
};

const headings = ['Package', 'Type', 'Architecture', 'Distribution', 'Component', 'Version', 'Source'];

const cells = (row: Row): readonly string[] => [
  row.package,
  row.type,
  row.architecture,
  row.distribution,
  row.component,
  row.version,
  row.source,
];
