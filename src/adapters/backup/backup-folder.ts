import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSynced } from '../../disk/new-file.ts';
import { syncPath } from '../../disk/sync-path.ts';
import { Manifest, whenTaken } from '../../domain/backup/manifest.ts';
import { decodeOrThrow, instant } from '../../domain/codec.ts';
import { Sha256 } from '../../domain/debian/names.ts';
import { type BackupReader, type BackupStore, OtherBytes } from '../../ports/backup.ts';
import { heldAlone } from './held-alone.ts';

export type BackupFolder = BackupStore &
  BackupReader & {
    /** Lets all backups but the last ones go, with what only they hold. Gives how many went. */
    readonly keepLast: (backups: number) => Promise<number>;
    /** Lets others write in it. */
    readonly close: () => Promise<void>;
  };

const placesIn = (folder: string) => ({
  objects: join(folder, 'objects'),
  backups: join(folder, 'backups'),
  aside: join(folder, 'incomplete'),
  pathOf: (sha256: Sha256): string => join(folder, 'objects', sha256.slice(0, 2), sha256),
});

/** Backups that are in a folder, to be read: nothing is written there. */
export const backupsIn = (folder: string): BackupReader => {
  const { backups, pathOf } = placesIn(folder);
  return {
    manifests: async () => {
      const names = (await readdir(backups)).filter((name) => name.endsWith('.json')).sort();
      const found = await Promise.all(
        names.map(async (name) =>
          decodeOrThrow(Manifest, JSON.parse(await readFile(join(backups, name), 'utf8')), join(backups, name)),
        ),
      );
      // A log only grows; a clock may have been ahead. Of as many events the names tell, and those of a time to come are the older ones.
      const now = instant(Date.now());
      const isDated = (manifest: Manifest): number => (whenTaken(manifest, now) === undefined ? 0 : 1);
      return found.toSorted((one, other) => one.events - other.events || isDated(one) - isDated(other));
    },
    open: (sha256) => createReadStream(pathOf(sha256)),
  };
};

/**
 * Backups in a folder, readable by its owner alone: `objects/ab/abcd…` and `backups/TIME.json`. An object is written aside, synced and renamed; a
 * manifest is linked to its name last of all, so that whatever is interrupted is no backup and harms none. One at a time writes here.
 */
export const backupFolder = async (folder: string): Promise<BackupFolder> => {
  const { objects, backups, aside, pathOf } = placesIn(folder);
  for (const each of [folder, objects, backups, aside]) await mkdir(each, { recursive: true, mode: 0o700 });
  const close = await heldAlone(join(folder, 'lock'));
  for (const leftover of await readdir(aside)) await rm(join(aside, leftover));
  const touched = new Set<string>();
  const { manifests, open: openObject } = backupsIn(folder);

  const listOf = async (manifest: Manifest): Promise<readonly string[]> => [
    ...[...manifest.log, manifest.files.list, ...manifest.kept.map(({ sha256 }) => sha256)],
    ...(await readFile(pathOf(manifest.files.list), 'utf8')).split('\n'),
  ];

  return {
    manifests,
    open: openObject,
    close,
    last: async () => (await manifests()).at(-1),
    has: async (sha256, size) => {
      const stat = await lstat(pathOf(sha256)).catch(() => undefined);
      return stat !== undefined && (size === undefined || stat.size === size);
    },
    put: async (sha256, _, bytes) => {
      const path = join(aside, randomUUID());
      const shelf = join(objects, sha256.slice(0, 2));
      try {
        const digest = createHash('sha256');
        await writeSynced(path, hashing(bytes, digest), 0o600);
        const found = digest.digest('hex');
        if (found !== sha256) throw new OtherBytes(`its bytes have the SHA-256 ${found}`);
        await mkdir(shelf, { mode: 0o700 }).catch(ifThere);
        await rename(path, pathOf(sha256));
      } finally {
        await rm(path, { force: true });
      }
      touched.add(shelf);
    },
    finish: async (manifest) => {
      for (const each of [...touched, objects]) await syncPath(each);
      touched.clear();
      const path = join(aside, randomUUID());
      await writeSynced(path, `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
      await link(path, join(backups, `${manifest.taken}.json`));
      await syncPath(backups);
      await rm(path);
    },
    keepLast: async (wanted) => {
      const all = await manifests();
      const going = all.slice(0, Math.max(0, all.length - wanted));
      if (going.length === 0) return 0;
      const needed = new Set((await Promise.all(all.slice(going.length).map(listOf))).flat());
      for (const { taken } of going) await rm(join(backups, `${taken}.json`));
      await syncPath(backups);
      for (const shelf of await readdir(objects))
        for (const name of await readdir(join(objects, shelf)))
          if (Sha256.is(name) && !needed.has(name)) await rm(join(objects, shelf, name));
      return going.length;
    },
  };
};

async function* hashing(bytes: AsyncIterable<Uint8Array>, digest: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    digest.update(chunk);
    yield chunk;
  }
}

const ifThere = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'EEXIST') throw error;
  return undefined;
};
