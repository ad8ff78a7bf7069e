import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeOrThrow } from '../../domain/codec.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import { causeOf } from '../../domain/reason.ts';
import { ArchiveAway } from '../../ports/archive-link.ts';
import { Bearings } from '../../ports/bearings.ts';
import type { Exchange } from '../../ports/exchange.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { type ArchiveAccess, archiveClient } from './archive-client.ts';
import { nodeFiles } from './node-files.ts';

export type ReaderFiles = {
  readonly files: FileStore;
  /** Rejects while the archive cannot be reached. */
  readonly bearings: () => Promise<Bearings>;
  /** Ends what is under way. */
  readonly close: () => void;
};

/** Whoever was shown a file within so many milliseconds may not have opened it yet. */
const justUsed = 60_000;

/**
 * Files for who only reads: those of the archive, fetched by hash when somebody asks, and kept in `here` as long as all together take at most `capacity`
 * bytes; what was not asked for longest goes first. What broke off is gone on with when it is asked for again. Rejects with `ArchiveAway`.
 */
export const readerFiles = (
  here: Exchange,
  parts: string,
  access: ArchiveAccess,
  capacity: number,
  now: () => number = Date.now,
): ReaderFiles => {
  const { files, link } = nodeFiles(here, parts, access);
  const closing = new AbortController();
  const client = archiveClient(access, closing.signal);
  const usedAt = new Map<string, number>();
  const coming = new Set<string>();

  const makeRoom = async (): Promise<void> => {
    const kept = (await here.list()).map((sha256) => ({
      name: sha256 as string,
      path: () => here.path(sha256),
      drop: () => here.remove(sha256),
    }));
    const begun = (await readdir(parts))
      .filter((name) => !coming.has(name))
      .map((name) => ({
        name,
        path: async () => join(parts, name),
        drop: () => rm(join(parts, name), { force: true }),
      }));
    const all = await Promise.all(
      [...kept, ...begun].map(async (file) => ({ ...file, size: await sizeOf(file.path) })),
    );
    const age = ({ name }: { readonly name: string }): number => usedAt.get(name) ?? 0;
    let held = all.reduce((sum, { size }) => sum + size, 0);
    for (const file of all.toSorted((one, other) => age(one) - age(other))) {
      if (held <= capacity || now() - age(file) < justUsed) return;
      await file.drop();
      usedAt.delete(file.name);
      held -= file.size;
    }
  };

  const use = (sha256: Sha256): void => {
    usedAt.delete(sha256);
    usedAt.set(sha256, now());
  };

  return {
    files: {
      ...here,
      has: async (sha256) => (await here.has(sha256)) || away(client.has(sha256)),
      path: async (sha256) => {
        use(sha256);
        if (await here.has(sha256)) return here.path(sha256);
        coming.add(sha256);
        const path = await away(files.path(sha256)).finally(() => coming.delete(sha256));
        use(sha256);
        await makeRoom();
        return path;
      },
    },
    bearings: async () => decodeOrThrow(Bearings, await client.bearings(), 'what the archive says of itself'),
    close: () => {
      closing.abort();
      link.close();
    },
  };
};

const away = <A>(asked: Promise<A>): Promise<A> =>
  asked.catch((error: unknown) => {
    throw new ArchiveAway(causeOf(error), { cause: error });
  });

/** Of what went away meanwhile nothing is left. */
const sizeOf = async (path: () => Promise<string>): Promise<number> => {
  try {
    return (await stat(await path())).size;
  } catch {
    return 0;
  }
};
