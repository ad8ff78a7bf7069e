import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Sha256 } from '../../domain/debian/names.ts';
import { type BackupStore, OtherBytes } from '../../ports/backup.ts';

/** The member of a tar that is its manifest; all others are called by their SHA-256. It is the last one: a tar that was cut off has none. */
export const manifestMember = 'backup.json';

/** A backup as a tar, for a pipe: everything, each object once. `bytes` has to be read while it is filled. */
export const backupTar = (): { readonly store: BackupStore; readonly bytes: Readable } => {
  const tar = pack();
  const there = new Set<Sha256>();
  const add = async (name: string, size: number, bytes: AsyncIterable<Uint8Array>): Promise<string> => {
    const digest = createHash('sha256');
    const entry = tar.entry({ name, size, mode: 0o600, mtime: new Date(0) });
    for await (const chunk of bytes) {
      digest.update(chunk);
      if (!entry.write(chunk)) await once(entry, 'drain');
    }
    entry.end();
    return digest.digest('hex');
  };
  return {
    bytes: Readable.from(tar, { objectMode: false }),
    store: {
      last: async () => undefined,
      has: async (sha256) => there.has(sha256),
      put: async (sha256, size, bytes) => {
        const found = await add(sha256, size, bytes);
        if (found !== sha256) throw new OtherBytes(`its bytes have the SHA-256 ${found}`);
        there.add(sha256);
      },
      finish: async (manifest) => {
        const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
        await add(manifestMember, text.length, [text] as unknown as AsyncIterable<Uint8Array>);
        tar.finalize();
      },
    },
  };
};
