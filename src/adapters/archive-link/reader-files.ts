import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeOrThrow } from '../../domain/codec.ts';
import { Sha256 } from '../../domain/debian/names.ts';
import { causeOf } from '../../domain/reason.ts';
import { ArchiveAway } from '../../ports/archive-link.ts';
import { Bearings } from '../../ports/bearings.ts';
import type { Exchange } from '../../ports/exchange.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ShelfPlace, Shelves } from '../../ports/shelf.ts';
import { type ArchiveAccess, archiveClient } from './archive-client.ts';
import { nodeFiles } from './node-files.ts';

export type ReaderFiles = {
  readonly files: FileStore;
  /** Rejects while the archive cannot be reached. */
  readonly bearings: () => Promise<Bearings>;
  /** Ends what is under way. */
  readonly close: () => void;
};

/**
 * Files for who only reads: those of the archive, fetched by hash when somebody asks, and kept in `here` as long as all together take at most `capacity`
 * bytes; what was not asked for longest goes first. What broke off is gone on with when it is asked for again. Rejects with `ArchiveAway`.
 */
export const readerFiles = (
  here: Exchange,
  parts: string,
  access: ArchiveAccess,
  capacity: number,
  shelves: Shelves,
): ReaderFiles => {
  const { files, link } = nodeFiles(here, parts, (ends) => archiveClient(access, ends));
  const closing = new AbortController();
  const client = archiveClient(access, closing.signal);
  const shelf = shelves(placeOf(here, parts), { capacity, justUsed });
  const coming = new Set<Sha256>();

  const bring = async (sha256: Sha256): Promise<string> => {
    coming.add(sha256);
    try {
      return await away(files.path(sha256));
    } finally {
      coming.delete(sha256);
      shelf.use(sha256);
      await shelf.measure(sha256);
      await shelf.makeRoom((name) => coming.has(name));
    }
  };

  return {
    files: {
      ...here,
      has: async (sha256) => (await here.has(sha256)) || away(client.has(sha256)),
      remove: shelf.remove,
      path: async (sha256) => {
        shelf.use(sha256);
        return (await here.has(sha256)) ? here.path(sha256) : bring(sha256);
      },
    },
    bearings: async () => decodeOrThrow(Bearings, await client.bearings(), 'what the archive says of itself'),
    close: () => {
      closing.abort();
      link.close();
    },
  };
};

/** Whoever was shown a file within so many milliseconds may not have opened it yet. */
const justUsed = 60_000;

/** What lies in `here`, and begun in `parts`. */
const placeOf = (here: Exchange, parts: string): ShelfPlace => ({
  list: async () => [...new Set([...(await here.list()), ...(await readdir(parts)).filter(Sha256.is)])],
  sizeOf: async (sha256) => {
    const sizes = await Promise.all([
      here.path(sha256).then(sizeAt, () => 0), // It rejects where there is none.
      sizeAt(join(parts, sha256)),
    ]);
    return sizes.reduce((one, other) => one + other, 0);
  },
  remove: async (sha256) => {
    await here.remove(sha256);
    await rm(join(parts, sha256), { force: true });
  },
});

/** Of what went away meanwhile nothing is left. */
const sizeAt = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

const away = <A>(asked: Promise<A>): Promise<A> =>
  asked.catch((error: unknown) => {
    throw new ArchiveAway(causeOf(error), { cause: error });
  });
