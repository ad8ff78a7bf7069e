import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../../disk/hash-file.ts';
import type { FileName, Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { ArchiveLink } from '../../ports/archive-link.ts';
import type { Exchange } from '../../ports/exchange.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ArchiveClient } from './archive-client.ts';

/**
 * The file store of a node: what is not here is fetched from the archive by its hash; what is put here has come to the archive, and is durable there,
 * before anybody hears of it. `here` holds both for a while; `parts` what is on its way.
 */
export const nodeFiles = (
  here: Exchange,
  parts: string,
  clientOf: (closing: AbortSignal) => Pick<ArchiveClient, 'fetch' | 'deliver' | 'alive'>,
): {
  readonly files: FileStore;
  readonly link: ArchiveLink;
  /** Fetches a file that is not to come into the store; gives its path, which is the caller's then. */
  readonly aside: (sha256: Sha256) => Promise<string>;
} => {
  mkdirSync(parts, { recursive: true });
  const closing = new AbortController();
  const client = clientOf(closing.signal);
  const coming = new Map<Sha256, Promise<void>>();

  const aside = async (sha256: Sha256): Promise<string> => {
    const part = join(parts, sha256);
    await client.fetch(sha256, part);
    // Asked before anybody takes it: other bytes may be those of a file that is there already, and is wanted.
    const found = await hashFile(part);
    if (found === sha256) return part;
    await rm(part, { force: true });
    throw new Error(`what came as ${sha256} has the SHA-256 ${found}`);
  };

  const fetch = async (sha256: Sha256): Promise<void> => {
    const part = await aside(sha256);
    await here.adopt(sha256 as string as FileName, part);
    await rm(part, { force: true });
  };

  /** Several who want the same file wait for one transfer. */
  const bring = async (sha256: Sha256): Promise<void> => {
    if (await here.has(sha256)) return;
    const known = coming.get(sha256);
    if (known !== undefined) return known;
    const fetching = fetch(sha256).finally(() => coming.delete(sha256));
    coming.set(sha256, fetching);
    return fetching;
  };

  const delivered = async (stored: StoredFile): Promise<StoredFile> => {
    await client.deliver(stored.sha256, await here.path(stored.sha256));
    return stored;
  };

  return {
    files: {
      ...here,
      put: async (name, bytes) => delivered(await here.put(name, bytes)),
      adopt: async (name, path) => delivered(await here.adopt(name, path)),
      path: async (sha256) => {
        await bring(sha256);
        return here.path(sha256);
      },
      link: async (sha256, target) => {
        await bring(sha256);
        return here.link(sha256, target);
      },
    },
    link: {
      alive: client.alive,
      fetched: here.list,
      letGo: async (sha256) => void (await here.letGo(sha256)),
      close: () => closing.abort(),
    },
    aside,
  };
};
