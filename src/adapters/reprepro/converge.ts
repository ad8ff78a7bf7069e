import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { StoredFile } from '../../domain/debian/names.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { type Arrival, arrivalChanges, type Batch, batches } from './batch.ts';
import { distributionsFile, incomingFile } from './configuration.ts';
import { type Contents, describeDifference, difference, wantedContents } from './contents.ts';
import type { Disk } from './disk.ts';
import type { FactsOf } from './file-facts.ts';
import { inParallel } from './in-parallel.ts';
import { type PoolFile, poolFiles } from './pool-path.ts';
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

/**
 * Makes reprepro's contents of `stale` what these suites shall hold, and proves it by reading them again. The pool has
 * all files already. Whatever a kill left of an earlier attempt is in what is read first, and so in the difference.
 */
export const converge = async (
  suites: readonly PublishedDistribution[],
  stale: readonly PublishedDistribution[],
  doing: Convergence,
): Promise<void> => {
  await configure(suites, doing);
  const wanted = new Map(stale.map((suite) => [suite.name, wantedContents(suite)]));
  const present = new Map<DistributionName, Contents>();
  for (const { name } of stale) present.set(name, await read(name, doing));

  const arrivals: Arrival[] = [];
  const departures: [DistributionName, readonly string[]][] = [];
  for (const { name, holds } of stale) {
    const change = difference(present.get(name) ?? new Map(), wanted.get(name) ?? new Map());
    if (change.out.size > 0) departures.push([name, [...change.out]]);
    arrivals.push(...holds.filter(({ source }) => change.in.has(source)).map((held) => ({ distribution: name, held })));
  }
  if (arrivals.length === 0 && departures.length === 0) return;

  const files = [...new Map(arrivals.flatMap(({ held }) => poolFiles(held).map((file) => [file.path, file]))).values()];
  const [removal, factsOf] = await together(
    remove(departures, doing),
    doing.gatherFacts(files.map(({ file }) => file)),
  );
  const words = [...removal, ...(await include(arrivals, files, factsOf, doing))];
  for (const name of new Set([
    ...departures.map(([name]) => name),
    ...arrivals.map(({ distribution }) => distribution),
  ])) {
    const [now, should] = [await read(name, doing), wanted.get(name) ?? new Map()];
    if (difference(now, should).in.size + difference(now, should).out.size === 0) continue;
    throw new PublishRefused(
      'reprepro-disagrees',
      [describeDifference(name, now, should), ...words].join('; '),
      'what apt sees is unchanged; look at the package that is named',
    );
  }
};

const configure = async (suites: readonly PublishedDistribution[], { folder, disk }: Convergence): Promise<void> => {
  const [incoming, temporary] = batchFolders(folder);
  await disk.makeFolder(folder.configuration);
  for (const [name, text] of [
    ['distributions', distributionsFile(suites)],
    ['incoming', incomingFile(suites, incoming, temporary)],
  ] as const) {
    const path = join(folder.configuration, name);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue;
    await disk.remove(`${path}.new`);
    await disk.write(`${path}.new`, text);
    await disk.rename(`${path}.new`, path);
  }
};

/**
 * reprepro refuses every command while its database knows of a distribution, component or architecture that its
 * configuration does not; and a database that cannot be read at all is made anew, for it holds nothing of its own.
 */
const read = async (name: DistributionName, { folder, reprepro, disk, progress }: Convergence): Promise<Contents> => {
  const first = await reprepro.list(name);
  if (!isRefusal(first)) return first;
  await reprepro.clearVanished();
  const second = await reprepro.list(name);
  if (!isRefusal(second)) return second;
  progress(`the database of reprepro cannot be read and is made anew (${lastWords(second)})`);
  await disk.remove(folder.database);
  const third = await reprepro.list(name);
  if (!isRefusal(third)) return third;
  throw new PublishRefused(
    'reprepro-unusable',
    `reprepro cannot list ${name}: ${lastWords(third)}`,
    `look at ${folder.base}; conf, db and dists may be deleted`,
  );
};

const isRefusal = (answer: Contents | Ran): answer is Ran => 'code' in answer;

const remove = async (
  departures: readonly (readonly [DistributionName, readonly string[]])[],
  { reprepro, progress }: Convergence,
): Promise<readonly string[]> => {
  const complaints: string[] = [];
  for (const [name, sources] of departures) {
    progress(`${name}: taking out ${sources.length} sources`);
    for (let from = 0; from < sources.length; from += removalsAtOnce) {
      const ran = await reprepro.removeSources(name, sources.slice(from, from + removalsAtOnce));
      if (ran.code !== 0) complaints.push(lastWords(ran));
    }
  }
  return complaints;
};

const include = async (
  arrivals: readonly Arrival[],
  files: readonly PoolFile[],
  factsOf: FactsOf,
  doing: Convergence,
): Promise<readonly string[]> => {
  if (arrivals.length === 0) return [];
  const detected = await doing.reprepro.detect(files.map(({ path }) => path));
  const complaints = detected.code === 0 ? [] : [lastWords(detected)];
  for (const batch of batches(arrivals)) {
    doing.progress(`including ${batch.arrivals.length} sources with their binaries`);
    await layOut(batch, factsOf, doing);
    const ran = await doing.reprepro.includeBatch();
    if (ran.code !== 0) complaints.push(lastWords(ran));
  }
  await doing.disk.remove(doing.folder.batch);
  return complaints;
};

const batchFolders = ({ batch }: ArchiveFolder) => [join(batch, 'incoming'), join(batch, 'temporary')] as const;

const layOut = async ({ files, arrivals }: Batch, factsOf: FactsOf, { folder, disk }: Convergence): Promise<void> => {
  const [incoming, temporary] = batchFolders(folder);
  await disk.remove(folder.batch);
  await disk.makeFolder(incoming);
  await disk.makeFolder(temporary);
  const changes = arrivals.map((arrival) => Buffer.from(arrivalChanges(arrival, factsOf), 'latin1'));
  await inParallel(8, [...files.values()], ({ name, path }) =>
    disk.link(join(folder.base, path), join(incoming, name)),
  );
  await inParallel(8, changes, (bytes, at) => disk.jot(join(incoming, `${at}.changes`), bytes));
};
