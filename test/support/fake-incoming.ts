import { createHash } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileName, Sha256 } from '../../src/domain/debian/names.ts';
import type { IncomingFile, IncomingFolder } from '../../src/ports/incoming.ts';

/** Incoming as FTP keeps it: a file stands at SHA256/NAME. What lies there outlives the daemon. */
export type FakeIncoming = IncomingFolder & {
  /** A file came in whole. The same file again is the same file, received anew. */
  readonly keep: (name: FileName, bytes: string) => Promise<IncomingFile>;
  /** What lies there now, by name. */
  readonly names: () => readonly string[];
};

export const fakeIncoming = (folder: string, now: () => number): FakeIncoming => {
  const lying = new Map<string, IncomingFile>();
  return {
    keep: async (name, bytes) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256;
      const path = join(folder, sha256, name);
      await mkdir(join(folder, sha256), { recursive: true });
      await writeFile(path, bytes);
      const file = { name, path, size: Buffer.byteLength(bytes), sha256, receivedAt: now() };
      lying.delete(path);
      lying.set(path, file);
      return file;
    },
    names: () => [...lying.values()].map(({ name }) => name).sort(),
    list: async () => {
      for (const { path } of lying.values()) await access(path);
      return [...lying.values()].sort((one, other) => one.receivedAt - other.receivedAt);
    },
    drop: async ({ name, sha256 }) => {
      const path = join(folder, sha256, name);
      await rm(path, { force: true });
      lying.delete(path);
    },
  };
};
