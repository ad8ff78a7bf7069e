import { left, right } from 'fp-ts/lib/Either.js';
import { type DistributionName, distributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import { checkAnswer, checkInWords } from '../../projections/check-results.ts';
import { checkedPlaces } from '../../projections/checked-places.ts';
import { type CheckStory, checksOfVersion } from '../../projections/checks.ts';
import type { Slot } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { rebuiltOn } from '../pages/rebuilt-on.ts';
import { flag, sourceName } from './arguments.ts';
import { type Command, command } from './command.ts';

/** `show`: where one source package stands, and what checks said of it and of its last upload. */
export const show = (world: World): Command =>
  command({
    name: 'show',
    summary:
      'Shows in which distributions a source package is, in which version, what checks said of it and of its last upload, and what rollbacks there are',
    arguments: {
      package: sourceName('Source package'),
      verbose: flag('Also the .dsc, the versions of the rollbacks, and where logs of checks are', 'v'),
    },
    privilege: 'none',
    run: ({ package: source, verbose }) => {
      const places = checkedPlaces(world, source);
      const everywhere = places.map(({ distribution }) => distribution);
      const rows = places.map(({ distribution, slot, latest }) => ({
        ...whereabout(world, distribution, slot),
        lastChecked: latest[0]?.requested.version ?? null,
        checks: [
          ...latest.map((check) => answer(world, check)),
          ...versionsIn(slot).flatMap((version) => checksIn(world, distribution, everywhere, source, version)),
        ],
      }));
      if (rows.length === 0) {
        return left(refusal('no-package', `no distribution has the source package ${source}`, 'look for it with list'));
      }
      return right({ json: rows, plain: rows.map((row) => plain(row, verbose)).join('') });
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
    rebuilt: present === undefined ? {} : Object.fromEntries(rebuiltOn(present)),
    migratesTo: traits?.migratesTo ? distributionName({ codename, repository, suite: traits.migratesTo }) : null,
    rollbacks: { kept: earlier.length, most: traits?.rollbacks ?? 0, versions: earlier.map(({ version }) => version) },
    dsc: present?.dsc.name ?? null,
  };
};

const versionsIn = ({ present, earlier }: Slot): readonly Version[] => [
  ...new Set([...(present === undefined ? [] : [present]), ...earlier].map(({ version }) => version)),
];

/** What migrated was checked where it came in: every distribution of the repository is asked. */
const checksIn = (
  world: World,
  distribution: DistributionName,
  everywhere: readonly DistributionName[],
  source: SourceName,
  version: Version,
) => {
  const { repository } = parseDistribution(distribution);
  const ours = everywhere.filter((each) => parseDistribution(each).repository === repository);
  return checksOfVersion(world.checks, ours, source, version).map((check) => answer(world, check));
};

const answer = (world: World, check: CheckStory) => ({
  version: check.requested.version,
  architecture: check.requested.architecture,
  ...checkAnswer(check, world),
});

type Row = ReturnType<typeof whereabout> & {
  /** Of the last upload, where that is not installed. */
  readonly lastChecked: Version | null;
  readonly checks: ReturnType<typeof checksIn>;
};

const rebuiltInWords = ({ rebuilt }: Row): string =>
  Object.entries(rebuilt)
    .map(([architecture, number]) => ` +b${number} on ${architecture}`)
    .join(',');

const plain = (row: Row, verbose: boolean): string =>
  [
    `${row.distribution}: ${row.version ?? '-'}${rebuiltInWords(row)} (rollbacks ${row.rollbacks.kept}/${row.rollbacks.most}${
      row.migratesTo === null ? '' : `, migrates to ${row.migratesTo}`
    })\n`,
    ...(verbose ? [`  ${row.dsc ?? '-'}; earlier: ${row.rollbacks.versions.join(', ') || '-'}\n`] : []),
    ...row.checks
      .filter(({ version }) => verbose || version === row.version || version === row.lastChecked)
      .map(
        (check) =>
          `  ${check.version} ${check.architecture} ${checkInWords(check)}${verbose ? ` ${check.log?.path ?? ''}` : ''}`,
      )
      .map((line) => `${line.trimEnd()}\n`),
  ].join('');
