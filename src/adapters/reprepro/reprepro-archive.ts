import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Archive, Published } from '../../ports/archive.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { archiveFolder } from './archive-folder.ts';
import { withinIndices } from './check-publication.ts';
import { type Disk, localDisk } from './disk.ts';
import { fileFacts } from './file-facts.ts';
import { packagesTexts } from './own-indices.ts';
import { publish } from './publish.ts';
import { nothingProved, type Publisher } from './publisher.ts';
import { type Run, runProgram } from './run-program.ts';
import { snapshotCache } from './snapshot-cache.ts';
import { archiveThread, type Thread } from './thread.ts';
import { tidyPool } from './tidy-pool.ts';
import { whilePermitted } from './while-permitted.ts';

export type ArchiveParts = {
  /** `repositories/` of the instance. */
  readonly home: string;
  /** Where snapshots are kept once they were made, and the bytes that they may take: by default in `cache/` beside `home`. */
  readonly snapshots?: { readonly folder: string; readonly bytes: number };
  readonly files: FileStore;
  readonly keyring: Keyring;
  /** Where its heavy work is done; tests share one. */
  readonly thread?: Thread;
  /** How programs run, and how the disk changes; tests interrupt both. */
  readonly run?: Run;
  readonly disk?: Disk;
  /**
   * Asked before each program that is run and again and again while it runs, and directly before whatever is renamed or taken away: rejects when another node may write the
   * archive now.
   */
  readonly permit?: (() => Promise<void>) | undefined;
};

/**
 * Archives held by reprepro, one below `home` for each repository. Publications of one repository wait for each other;
 * a rejected one leaves nothing that the next does not repair.
 */
export const repreproArchive = (parts: ArchiveParts): Archive => {
  const { home, files, keyring, thread = archiveThread() } = parts;
  const { run, disk } = permitted(parts, parts.run ?? runProgram, parts.disk ?? localDisk(thread));
  const kept = parts.snapshots ?? { folder: resolve(home, '..', 'cache', 'snapshots'), bytes: 512 * 1024 * 1024 };
  const publishers = new Map<RepositoryId, Publisher>();
  const waiting = new Map<RepositoryId, Promise<unknown>>();
  const known = new Map<RepositoryId, ReturnType<typeof fileFacts>>();

  /** What is known of files is shared by all that is made from them. */
  const factsOf = (repository: RepositoryId): ReturnType<typeof fileFacts> => {
    const found =
      known.get(repository) ??
      fileFacts(archiveFolder(resolve(home), repository).facts, { files, keyring, run, disk, thread });
    known.set(repository, found);
    return found;
  };

  const publisher = (repository: RepositoryId): Publisher => {
    const folder = archiveFolder(resolve(home), repository);
    const facts = factsOf(repository);
    const permit = parts.permit ?? (async () => undefined);
    return { folder, files, keyring, run, disk, permit, facts, thread, mark: randomUUID(), proved: nothingProved() };
  };

  /** What it holds for proved is proved anew by another. */
  const dismiss = (repository: RepositoryId): void => {
    const own = publishers.get(repository);
    publishers.delete(repository);
    if (own !== undefined) thread.forget(`${own.mark}/`);
  };

  /** Whatever is done to one repository waits for what is being done to it. */
  const inTurn = <Result>(repository: RepositoryId, turn: () => Promise<Result>): Promise<Result> => {
    const result = (waiting.get(repository) ?? Promise.resolve()).then(turn, turn);
    waiting.set(
      repository,
      result.catch(() => undefined),
    );
    return result;
  };

  return {
    publish: (publication, progress) => {
      const { repository } = publication;
      return inTurn(repository, async (): Promise<Published> => {
        const own = publishers.get(repository) ?? publisher(repository);
        publishers.set(repository, own);
        try {
          return await publish(publication, progress, own);
        } catch (error) {
          dismiss(repository);
          throw error;
        }
      });
    },
    remove: (repository) =>
      inTurn(repository, async () => {
        dismiss(repository);
        known.delete(repository);
        const { base, published } = archiveFolder(resolve(home), repository);
        // First what apt reads: half a tree is never seen.
        await disk.remove(published);
        await disk.remove(base);
      }),
    tidyPool: (repository, keep) =>
      inTurn(repository, async () => {
        const own = publishers.get(repository);
        const believed = own?.proved.pool;
        if (own !== undefined) own.proved.pool = new WeakSet(); // A failure leaves nothing to believe.
        const kept = await tidyPool(archiveFolder(resolve(home), repository), keep(), disk);
        if (own !== undefined) own.proved.pool = new WeakSet(kept.filter((held) => believed?.has(held)));
      }),
    packages: async (repository, distribution) => {
      const within = await withinIndices(distribution);
      const binaries = within.holds.flatMap((held) => held.binaries.map(({ file }) => file));
      return packagesTexts(within, await factsOf(repository).gather(binaries));
    },
    root: (repository) => archiveFolder(resolve(home), repository).published,
    snapshots: snapshotCache({ ...kept, keyring, disk, factsOf, thread }),
  };
};

const permitted = (
  { permit }: Pick<ArchiveParts, 'permit'>,
  run: Run,
  disk: Disk,
): { readonly run: Run; readonly disk: Disk } =>
  permit === undefined
    ? { run, disk }
    : {
        run: (program, args, stdin, most) => whilePermitted(permit, (end) => run(program, args, stdin, most, end)),
        disk: {
          ...disk,
          rename: async (from, to) => {
            await permit();
            await disk.rename(from, to);
          },
          remove: async (path) => {
            await permit();
            await disk.remove(path);
          },
          removeTree: async (path) => {
            await permit();
            await disk.removeTree(path);
          },
        },
      };
