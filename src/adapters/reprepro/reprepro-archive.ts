import { resolve } from 'node:path';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Archive, Published } from '../../ports/archive.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { archiveFolder } from './archive-folder.ts';
import { type Disk, localDisk } from './disk.ts';
import { fileFacts } from './file-facts.ts';
import { type Publisher, publish } from './publish.ts';
import { type Run, runProgram } from './run-program.ts';

export type ArchiveParts = {
  /** `repositories/` of the instance. */
  readonly home: string;
  readonly files: FileStore;
  readonly keyring: Keyring;
  /** How programs run, and how the disk changes; tests interrupt both. */
  readonly run?: Run;
  readonly disk?: Disk;
};

/**
 * Archives held by reprepro, one below `home` for each repository. Publications of one repository wait for each other;
 * a rejected one leaves nothing that the next does not repair.
 */
export const repreproArchive = (parts: ArchiveParts): Archive => {
  const { home, files, keyring, run = runProgram, disk = localDisk } = parts;
  const publishers = new Map<RepositoryId, Publisher>();
  const waiting = new Map<RepositoryId, Promise<unknown>>();

  const publisher = (repository: RepositoryId): Publisher => {
    const folder = archiveFolder(resolve(home), repository);
    const facts = fileFacts(folder.facts, files, keyring, run, disk);
    return {
      folder,
      files,
      keyring,
      run,
      disk,
      facts,
      proved: { pool: new WeakSet(), contents: new Map(), holds: new Map(), made: new Map(), generation: undefined },
    };
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
        const known = publishers.get(repository) ?? publisher(repository);
        publishers.delete(repository); // What it holds for proved is proved anew when it fails.
        const published = await publish(publication, progress, known);
        publishers.set(repository, known);
        return published;
      });
    },
    remove: (repository) =>
      inTurn(repository, async () => {
        publishers.delete(repository);
        const { base, published } = archiveFolder(resolve(home), repository);
        // First what apt reads: half a tree is never seen.
        await disk.remove(published);
        await disk.remove(base);
      }),
    root: (repository) => archiveFolder(resolve(home), repository).published,
  };
};
