import fs from 'node:fs';
import { join } from 'node:path';

/**
 * What is left when the power fails:
 *
 * - `synced`: of folders the names that were there when they were last synced, of files the bytes of their last sync, and of others nothing at all;
 * - `named`: all names as they were, as a journal of names leaves them, and of files the bytes of their last sync, or none;
 * - `whole`: everything, as after a kill.
 */
export type Loss = 'synced' | 'named' | 'whole';

type Saved = { readonly bytes: Buffer; readonly mode: number; readonly mtime: number };
type Left =
  | { readonly kind: 'file'; readonly inode: number; readonly saved: Saved }
  | { readonly kind: 'folder'; readonly names: ReadonlyMap<string, Left> };
export type Folder = Extract<Left, { kind: 'folder' }>;

/** Those of Node, whoever watches. */
export const own = { ...fs };

/** Of a folder and those below it, by their paths. */
export const filesOf = (folder: Folder, below = ''): Map<string, Buffer> =>
  new Map(
    [...folder.names].flatMap(([name, left]) =>
      left.kind === 'file' ? [[`${below}${name}`, left.saved.bytes] as const] : [...filesOf(left, `${below}${name}/`)],
    ),
  );

/** Makes a folder as it was left, with the hard links that there were. */
export const write = (path: string, { names }: Folder, written: Map<number, string>): void => {
  own.mkdirSync(path);
  for (const [name, left] of names) {
    const at = join(path, name);
    if (left.kind === 'folder') {
      write(at, left, written);
      continue;
    }
    const same = written.get(left.inode);
    if (same !== undefined) {
      own.linkSync(same, at);
      continue;
    }
    written.set(left.inode, at);
    own.writeFileSync(at, left.saved.bytes);
    own.utimesSync(at, left.saved.mtime / 1000, left.saved.mtime / 1000);
    own.chmodSync(at, left.saved.mode);
  }
};

export type Durable = ReturnType<typeof durableOf>;

/** What would outlive the power, by inode: so that a name may be durable and the bytes behind it not, and the other way round. */
export const durableOf = (root: string, limbo: string, pins: number[]) => {
  const files = new Map<number, Saved>();
  const folders = new Map<number, ReadonlyMap<string, { readonly inode: number; readonly isFolder: boolean }>>();
  const pinned = new Set<number>();

  /** An inode that is known must not become another file's. */
  const pin = (path: string, { ino, isFolder }: { ino: number; isFolder: boolean }): void => {
    if (pinned.has(ino)) return;
    pinned.add(ino);
    if (isFolder) pins.push(own.openSync(path, 'r'));
    else own.linkSync(path, join(limbo, String(ino)));
  };

  const save = (bytes: Buffer, { mode, mtimeMs }: fs.Stats): Saved => ({ bytes, mode: mode & 0o7777, mtime: mtimeMs });

  const syncFile = (path: string): void => {
    const stats = own.lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    pin(path, { ino: stats.ino, isFolder: false });
    files.set(stats.ino, save(own.readFileSync(path), stats));
  };

  const syncFolder = (path: string): void => {
    const stats = own.lstatSync(path);
    pin(path, { ino: stats.ino, isFolder: true });
    const names = own.readdirSync(path).flatMap((name) => {
      const found = own.lstatSync(join(path, name), { throwIfNoEntry: false });
      if (found === undefined) return [];
      const isFolder = found.isDirectory();
      pin(join(path, name), { ino: found.ino, isFolder });
      return [[name, { inode: found.ino, isFolder }] as const];
    });
    folders.set(stats.ino, new Map(names));
  };

  const everything = (path: string): void => {
    syncFolder(path);
    for (const entry of own.readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) everything(join(path, entry.name));
      else syncFile(join(path, entry.name));
  };

  const nothing: Saved = { bytes: Buffer.alloc(0), mode: 0o600, mtime: 0 };

  const syncedBelow = (inode: number): Folder => ({
    kind: 'folder',
    names: new Map(
      [...(folders.get(inode) ?? [])].map(([name, { inode: its, isFolder }]) => [
        name,
        isFolder ? syncedBelow(its) : { kind: 'file', inode: its, saved: files.get(its) ?? nothing },
      ]),
    ),
  });

  const namedBelow = (path: string, loss: Loss): Folder => {
    const names = new Map<string, Left>();
    for (const name of own.readdirSync(path)) {
      const at = join(path, name);
      const stats = own.lstatSync(at, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (stats.isDirectory()) names.set(name, namedBelow(at, loss));
      else {
        const now = loss === 'whole' ? save(own.readFileSync(at), stats) : undefined;
        const saved = now ?? files.get(stats.ino) ?? { ...nothing, mode: stats.mode & 0o7777, mtime: stats.mtimeMs };
        names.set(name, { kind: 'file', inode: stats.ino, saved });
      }
    }
    return { kind: 'folder', names };
  };

  return {
    /** What was unlinked meanwhile has nothing that could be lost. */
    sync: (path: string): void => {
      if (own.lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) syncFolder(path);
      else syncFile(path);
    },
    everything,
    left: (loss: Loss): Folder => (loss === 'synced' ? syncedBelow(own.lstatSync(root).ino) : namedBelow(root, loss)),
  };
};
