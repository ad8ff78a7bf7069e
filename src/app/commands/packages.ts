import { right } from 'fp-ts/lib/Either.js';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { Contents, Slot } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { choice, flag, glob, nameSearch } from './arguments.ts';
import { type Command, command } from './command.ts';
import { table } from './table.ts';

/** How many rows of one distribution `list` gives at most. */
const mostRows = 50;

/** `list`: packages by pattern. */
export const list = (world: World): Command =>
  command({
    name: 'list',
    summary: 'Lists source and binary packages whose name matches a pattern',
    arguments: {
      pattern: glob('Name of a source or binary package, with * and ?'),
      'with-rollbacks': flag('Rollback distributions too', 'r'),
      distribution: nameSearch('Only distributions in whose name this is found', 'D'),
      type: choice(['any', 'dsc', 'deb', 'udeb'], 'Only packages of this type', 'T'),
    },
    privilege: 'login',
    run: (given) => {
      const rows = [...shelves(world.contents, given['with-rollbacks'])]
        .filter(([name]) => given.distribution.test(name))
        .flatMap(([name, versions]) => rowsOf(name, versions, given.pattern, given.type));
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

function* shelves(contents: Contents, withRollbacks: boolean): Generator<[DistributionName, Iterable<HeldVersion>]> {
  for (const [name, { slots, isConfigured }] of contents.shelves) {
    if (!isConfigured) continue;
    yield [name, occupants(slots.values(), ({ present }) => present)];
    if (!withRollbacks) continue;
    const deepest = Math.max(0, ...[...slots.values()].map(({ earlier }) => earlier.length));
    for (let rollback = 0; rollback < deepest; rollback += 1) {
      yield [
        distributionName({ ...parseDistribution(name), rollback }),
        occupants(slots.values(), ({ earlier }) => earlier[rollback]),
      ];
    }
  }
}

function* occupants(slots: Iterable<Slot>, of: (slot: Slot) => HeldVersion | undefined): Generator<HeldVersion> {
  for (const slot of slots) {
    const occupant = of(slot);
    if (occupant !== undefined) yield occupant;
  }
}

/** Most of a repository does not match: of that nothing is made. */
const rowsOf = (
  distribution: DistributionName,
  versions: Iterable<HeldVersion>,
  matches: (name: string) => boolean,
  type: Row['type'] | 'any',
): readonly Row[] => {
  const rows: Row[] = [];
  for (const { source, version, component, binaries } of versions) {
    const isWhole = matches(source);
    if (isWhole && type !== 'deb' && type !== 'udeb') {
      rows.push({ package: source, type: 'dsc', architecture: 'source', distribution, component, version, source });
    }
    for (const binary of binaries) {
      if (!isWhole && !matches(binary.package)) continue;
      const kind = binary.file.name.endsWith('.udeb') ? 'udeb' : 'deb';
      if (type === 'any' || type === kind) rows.push({ ...binary, type: kind, distribution, source });
    }
    if (rows.length >= mostRows) return rows.slice(0, mostRows);
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
