import { left, right } from 'fp-ts/lib/Either.js';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import { refusal } from '../../domain/refusal.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import { type Contents, type Slot, whereabouts } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { choice, flag, glob, nameSearch, sourceName } from './arguments.ts';
import { type Command, command } from './command.ts';
import { table } from './table.ts';

/** `show`: where one source package stands. */
export const show = (world: World): Command =>
  command({
    name: 'show',
    summary: 'Shows in which distributions a source package is, in which version, and what rollbacks there are',
    arguments: {
      package: sourceName('Source package'),
      verbose: flag('Also the .dsc and the versions of the rollbacks', 'v'),
    },
    privilege: 'none',
    run: ({ package: source, verbose }) => {
      const rows = whereabouts(world.contents, source).map(({ distribution, slot }) =>
        whereabout(world, distribution, slot),
      );
      if (rows.length === 0) {
        return left(refusal('no-package', `no distribution has the source package ${source}`, 'look for it with list'));
      }
      return right({ json: rows, plain: rows.map((row) => showPlain(row, verbose)).join('') });
    },
  });

const whereabout = ({ configuration }: World, distribution: DistributionName, { present, earlier }: Slot) => {
  const { codename, repository, suite } = parseDistribution(distribution);
  const layout = configuration.layouts.get(configuration.repositories.get(repository)?.layout ?? '');
  const traits = layout?.suites.find((candidate) => candidate.suite === suite);
  return {
    repository,
    codename,
    distribution,
    version: present?.version ?? null,
    migratesTo: traits?.migratesTo ? distributionName({ codename, repository, suite: traits.migratesTo }) : null,
    rollbacks: { kept: earlier.length, most: traits?.rollbacks ?? 0, versions: earlier.map(({ version }) => version) },
    dsc: present?.dsc.name ?? null,
  };
};

const showPlain = (row: ReturnType<typeof whereabout>, verbose: boolean): string =>
  [
    `${row.distribution}: ${row.version ?? '-'} (rollbacks ${row.rollbacks.kept}/${row.rollbacks.most}${
      row.migratesTo === null ? '' : `, migrates to ${row.migratesTo}`
    })\n`,
    ...(verbose ? [`  ${row.dsc ?? '-'}; earlier: ${row.rollbacks.versions.join(', ') || '-'}\n`] : []),
  ].join('');

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
