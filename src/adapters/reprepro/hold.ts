import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { type Converged, type Convergence, converge, prove } from './converge.ts';
import type { Disk } from './disk.ts';
import { exportedSums } from './exported-indices.ts';
import type { Manifest, Tree } from './manifest.ts';
import { PublishRefused } from './publish-refused.ts';
import type { Publisher, Wanted } from './publisher.ts';
import { lastWords, type Reprepro, reprepro } from './reprepro.ts';
import { removeStaleLock, takeLockHere } from './stale-lock.ts';

/** Suites that reprepro was brought to hold what they shall, unless it lies. */
export type Holding = {
  readonly suites: readonly Wanted[];
  /** Those that apt sees otherwise; all are exported. */
  readonly changed: readonly DistributionName[];
  readonly converged: Converged;
  readonly doing: Convergence;
};

/** Brings reprepro's suites to what they shall hold, and exports those that apt sees otherwise. */
export const hold = async (
  suites: readonly Wanted[],
  before: Manifest | undefined,
  progress: (line: string) => void,
  { folder, run, disk, permit, facts, proved }: Publisher,
): Promise<Holding> => {
  const program = reprepro(folder, run);
  const doing = { folder, reprepro: program, disk, gatherFacts: facts.gather, progress };
  const stale = suites.filter(
    ({ distribution, contents }) => proved.contents.get(distribution.name)?.contents !== contents,
  );
  const changed = suites
    .filter(({ distribution, contents }) => before?.trees[distribution.name]?.contents !== contents)
    .map(({ distribution }) => distribution.name);
  if (stale.length === 0 && changed.length === 0) return { suites, changed, converged: nothingDone, doing };
  await removeStaleLock(folder, disk, permit);
  await takeLockHere(folder, disk);
  const held = new Map([...proved.contents].map(([name, { distribution }]) => [name, distribution]));
  const converged = await converge(distributionsOf(suites), distributionsOf(stale), held, doing);
  await removeVanished(suites, folder, disk);
  const exportable = changed.filter((name) => !converged.exported.has(name));
  if (exportable.length > 0) await exportNow(exportable, program, progress);
  return { suites, changed, converged, doing };
};

/**
 * Rejects when a suite does not hold what it shall; gives the changed ones whose indices have to be made from what was exported. `made` are those that were
 * made without asking reprepro: where it exported the same, byte for byte, that is proof enough. Of the others its contents are read.
 */
export const settle = async (
  { suites, changed, converged, doing }: Holding,
  made: ReadonlyMap<DistributionName, Tree>,
  { folder, proved }: Publisher,
): Promise<ReadonlySet<DistributionName>> => {
  const told = new Set<DistributionName>();
  for (const name of changed) {
    const tree = made.get(name);
    if (tree !== undefined && isAsExported(tree, await exportedSums(join(folder.staging, name)))) told.add(name);
  }
  await prove(
    converged.changes.filter(({ suite }) => !told.has(suite.name)),
    converged.words,
    doing,
  );
  proved.contents.clear();
  for (const suite of suites) proved.contents.set(suite.distribution.name, suite);
  return new Set(changed.filter((name) => !told.has(name)));
};

const isAsExported = ({ indices }: Tree, sums: ReadonlyMap<string, string>): boolean =>
  indices.every(({ path, sha256 }) => path.endsWith('.gz') || sums.get(path) === sha256);

const nothingDone: Converged = { changes: [], exported: new Set(), words: [] };

const distributionsOf = (some: readonly Wanted[]): readonly PublishedDistribution[] =>
  some.map(({ distribution }) => distribution);

const exportNow = async (
  names: readonly DistributionName[],
  program: Reprepro,
  progress: (line: string) => void,
): Promise<void> => {
  progress(`exporting ${names.join(' ')}`);
  const ran = await program.export(names);
  if (ran.code !== 0)
    throw new PublishRefused(
      'export-failed',
      lastWords(ran),
      'what apt sees is unchanged; the publication is tried again',
    );
};

/** reprepro leaves what it exported of a distribution that is no longer configured. */
const removeVanished = async (suites: readonly Wanted[], { staging }: ArchiveFolder, disk: Disk): Promise<void> => {
  const names = new Set<string>(suites.map(({ distribution }) => distribution.name));
  for (const name of await readdir(staging).catch(() => []))
    if (!names.has(name)) await disk.remove(join(staging, name));
};
