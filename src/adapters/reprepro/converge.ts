import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { poolFiles } from '../../domain/archive/pool-path.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { SourceName, StoredFile } from '../../domain/debian/names.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { distributionsFile } from './configuration.ts';
import { type Contents, describeDifference, difference, wantedContents } from './contents.ts';
import type { Disk } from './disk.ts';
import type { FactsOf } from './file-facts.ts';
import { news } from './news.ts';
import { indexedFiles, indexTexts } from './own-indices.ts';
import { PublishRefused } from './publish-refused.ts';
import { lastWords, type Reprepro } from './reprepro.ts';
import type { Ran } from './run-program.ts';
import { together } from './together.ts';

/** Removals named in one call; the kernel bounds the length of a command line. */
const removalsAtOnce = 1000;

export type Convergence = {
  readonly folder: ArchiveFolder;
  readonly reprepro: Reprepro;
  readonly disk: Disk;
  readonly gatherFacts: (files: readonly StoredFile[]) => Promise<FactsOf>;
  readonly progress: (line: string) => void;
};

/** What one suite lacks, and what it has too much. */
type Change = {
  readonly suite: PublishedDistribution;
  /** What shall be there of the sources in `only`, or of all. */
  readonly wanted: Contents;
  readonly only: readonly SourceName[] | undefined;
  readonly leaving: readonly string[];
  /** The suite as if it held only what is to come. */
  readonly arriving: PublishedDistribution;
  /** What it held, and so what is exported, was proved: one call may change it and export what it changed. */
  readonly exports: boolean;
};

/** What was done to reprepro's contents, and not yet seen to be so. */
export type Converged = {
  readonly changes: readonly Change[];
  /** Exported by the call that changed them. */
  readonly exported: ReadonlySet<DistributionName>;
  /** Complaints. */
  readonly words: readonly string[];
};

/**
 * Makes reprepro's contents of `stale` what these suites shall hold. The pool has all files already. What reprepro holds now is read,
 * unless this process has proved it before (`held`); whatever a kill left of an earlier attempt is in what is read, and so in the difference.
 */
export const converge = async (
  suites: readonly PublishedDistribution[],
  stale: readonly PublishedDistribution[],
  held: ReadonlyMap<DistributionName, PublishedDistribution>,
  doing: Convergence,
): Promise<Converged> => {
  const isConfigured = await configure(suites, doing);
  const changes: Change[] = [];
  for (const suite of stale) {
    const before = isConfigured ? held.get(suite.name) : undefined;
    const change =
      before === undefined
        ? changeOf(suite, await read(suite.name, undefined, doing), wantedContents(suite), undefined)
        : changeSince(before, suite);
    if (change.leaving.length + change.arriving.holds.length > 0) changes.push(change);
  }
  const exported = new Set<DistributionName>();
  const words = [...(await remove(changes, exported, doing)), ...(await include(changes, exported, doing))];
  return { changes, exported, words };
};

/** Rejects when reprepro does not hold what it shall: its exit codes say nothing, so its contents are read. */
export const prove = async (
  changes: readonly Change[],
  words: readonly string[],
  doing: Convergence,
): Promise<void> => {
  for (const { suite, wanted, only } of changes) {
    const now = await read(suite.name, only, doing);
    const left = difference(now, wanted);
    if (left.in.size + left.out.size === 0) continue;
    throw new PublishRefused(
      'reprepro-disagrees',
      [describeDifference(suite.name, now, wanted), ...words].join('; '),
      'what apt sees is unchanged; look at the package that is named',
    );
  }
};

/** Sources that reprepro is asked for one by one; of more than these it lists all. */
const askedFor = 50;

/** What came and what left, told by the versions themselves: among ten thousand, most are the same objects as before. */
const changeSince = (before: PublishedDistribution, suite: PublishedDistribution): Change => {
  const { coming: come, going: gone } = news(before.holds, suite.holds);
  const sources = [...new Set([...gone, ...come].map(({ source }) => source))];
  const whole = sources.length > askedFor;
  const [present, wanted] = whole
    ? [before, suite]
    : [
        { ...before, holds: gone },
        { ...suite, holds: come },
      ];
  const change = changeOf(suite, wantedContents(present), wantedContents(wanted), whole ? undefined : sources);
  // What one call takes out and the next puts in, neither exports whole.
  const isOneCall = change.leaving.length === 0 || change.arriving.holds.length === 0;
  return { ...change, exports: isOneCall && change.leaving.length <= removalsAtOnce };
};

const changeOf = (suite: PublishedDistribution, present: Contents, wanted: Contents, only: Change['only']): Change => {
  const { out, in: coming } = difference(present, wanted);
  const holds = suite.holds.filter(({ source }) => coming.has(source));
  return { suite, wanted, only, leaving: [...out], arriving: { ...suite, holds }, exports: false };
};

/** Whether it was so already. */
const configure = async (suites: readonly PublishedDistribution[], { folder, disk }: Convergence): Promise<boolean> => {
  const path = join(folder.configuration, 'distributions');
  const text = distributionsFile(suites);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return true;
  await disk.makeFolder(folder.configuration);
  await disk.remove(`${path}.new`);
  await disk.write(`${path}.new`, text);
  await disk.rename(`${path}.new`, path);
  return false;
};

/**
 * reprepro refuses every command while its database knows of a distribution, component or architecture that its
 * configuration does not; and a database that cannot be read at all is made anew, for it holds nothing of its own.
 */
const read = async (
  name: DistributionName,
  only: Change['only'],
  { folder, reprepro, disk, progress }: Convergence,
): Promise<Contents> => {
  const list = () => reprepro.list(name, only);
  const first = await list();
  if (!isRefusal(first)) return first;
  await reprepro.clearVanished();
  const second = await list();
  if (!isRefusal(second)) return second;
  progress(`the database of reprepro cannot be read and is made anew (${lastWords(second)})`);
  await disk.remove(folder.database);
  const third = await list();
  if (!isRefusal(third)) return third;
  throw new PublishRefused(
    'reprepro-unusable',
    `reprepro cannot list ${name}: ${lastWords(third)}`,
    `look at ${folder.base}; conf, db and dists may be deleted`,
  );
};

const isRefusal = (answer: Contents | Ran): answer is Ran => 'code' in answer;

/** Complaints are no failure yet: what counts is what is read afterwards. */
const remove = async (
  changes: readonly Change[],
  exported: Set<DistributionName>,
  { reprepro, progress }: Convergence,
): Promise<readonly string[]> => {
  const complaints: string[] = [];
  for (const { suite, leaving, exports } of changes) {
    if (leaving.length > 0) progress(`${suite.name}: taking out ${leaving.length} sources`);
    for (let from = 0; from < leaving.length; from += removalsAtOnce) {
      const ran = await reprepro.removeSources(suite.name, leaving.slice(from, from + removalsAtOnce), exports);
      if (ran.code !== 0) complaints.push(lastWords(ran));
      else if (exports) exported.add(suite.name);
    }
  }
  return complaints;
};

/**
 * Puts in all that waits for a suite with one call, from indices that we write: reading a hundred packages one by one, as
 * `include` does, costs reprepro six times as much, and a lost database of ten thousand minutes.
 */
const include = async (
  changes: readonly Change[],
  exported: Set<DistributionName>,
  { folder, reprepro, disk, gatherFacts, progress }: Convergence,
): Promise<readonly string[]> => {
  const growing = changes.filter(({ arriving }) => arriving.holds.length > 0);
  if (growing.length === 0) return [];
  const paths = new Set(growing.flatMap(({ arriving }) => arriving.holds.flatMap(poolFiles)).map(({ path }) => path));
  const [detected, factsOf] = await together(
    reprepro.detect([...paths]),
    gatherFacts(growing.flatMap(({ arriving }) => indexedFiles(arriving.holds))),
  );
  const ran = [detected];
  for (const { suite, arriving, exports } of growing) {
    progress(`${suite.name}: putting in ${arriving.holds.length} sources with their binaries`);
    const snapshots = join(folder.staging, suite.name, 'snapshots');
    await disk.remove(snapshots);
    for (const [path, plain] of await indexTexts(arriving, factsOf)) {
      const at = join(snapshots, arrivals, path);
      await disk.makeFolder(dirname(at));
      await disk.jot(at, plain);
    }
    const restored = await reprepro.restore(suite.name, arrivals, exports);
    if (exports && restored.code === 0) exported.add(suite.name);
    ran.push(restored);
    await disk.remove(snapshots);
  }
  return ran.filter(({ code }) => code !== 0).map(lastWords);
};

const arrivals = 'arrivals';
