import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { HeldVersion, Publication, PublishedDistribution } from '../../ports/archive.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { ArchiveFolder } from './archive-folder.ts';
import { breath } from './breath.ts';
import { checkDistribution, checkNames, withinIndices } from './check-publication.ts';
import { type ContentsKey, contentsKey } from './contents-key.ts';
import type { Disk } from './disk.ts';
import type { fileFacts } from './file-facts.ts';
import type { Manifest } from './manifest.ts';
import type { MadeBefore } from './own-indices.ts';
import type { Run } from './run-program.ts';
import type { Thread } from './thread.ts';

/** What publishes one repository. */
export type Publisher = {
  readonly folder: ArchiveFolder;
  readonly files: FileStore;
  readonly keyring: Keyring;
  readonly run: Run;
  readonly disk: Disk;
  /** Rejects when another node may write the archive now. */
  readonly permit: () => Promise<void>;
  readonly facts: ReturnType<typeof fileFacts>;
  readonly thread: Thread;
  /** Begins the names under which the thread remembers our indices; no other publisher has it. */
  readonly mark: string;
  readonly proved: Proved;
};

/** What this process has seen to be so, and nobody else may change. */
type Proved = {
  /** Versions whose files are all in the pool. */
  pool: WeakSet<HeldVersion>;
  /** What reprepro holds. */
  readonly contents: Map<DistributionName, Wanted>;
  /** What every distribution holds: nothing in it is in the way of anything else, and it has a place for all of it. */
  readonly published: Map<DistributionName, Wanted>;
  /** Indices as they are published. */
  readonly made: Map<DistributionName, Omit<MadeBefore, 'gz'>>;
  /** The generation that apt sees and that is whole. */
  generation: Manifest | undefined;
};

export const nothingProved = (): Proved => ({
  pool: new WeakSet(),
  contents: new Map(),
  published: new Map(),
  made: new Map(),
  generation: undefined,
});

/** A distribution as it shall be published; equal `contents` have equal indices. */
export type Wanted = {
  readonly distribution: PublishedDistribution;
  readonly contents: string;
  readonly key: ContentsKey;
};

/** Checked as a whole; rejects when no archive can hold it. `published`: what the publication before wanted. */
export const wantedOf = async (
  publication: Publication,
  published: ReadonlyMap<DistributionName, Wanted>,
): Promise<readonly Wanted[]> => {
  checkNames(publication.distributions);
  const wanted: Wanted[] = [];
  for (const each of publication.distributions) {
    const before = published.get(each.name);
    const distribution = await withinIndices(each, before?.distribution);
    await checkDistribution(distribution, before?.distribution);
    const key = await contentsKey(distribution, before?.key);
    wanted.push({ distribution, contents: key.key, key });
    await breath();
  }
  return wanted;
};
