import { createHash, randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { link, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { KeptThings } from '../../ports/standby.ts';
import { keptFiles } from './home-files.ts';

/** Below a home. */
const folders = ['keys', 'hooks.d', 'people'];
const archiveKey = /^keys\/archive-key[^/]*\.asc$/;
const people = 'people/people.sqlite';

/** Keys, people and hooks of a home, read anew only when a file of them looks otherwise; `turn` grows each time it was looked. */
export const keptThings = (home: string): (() => Promise<KeptThings & { readonly turn: number }>) => {
  let turn = 0;
  let last: { readonly looks: string; readonly things: KeptThings } | undefined;
  return async () => {
    turn += 1;
    const mine = turn;
    const looks = await looksOf(home);
    if (last?.looks !== looks) last = { looks, things: await readThings(home) };
    return { ...last.things, turn: mine };
  };
};

const looksOf = async (home: string): Promise<string> => {
  const found: string[] = [];
  for await (const path of pathsBelow(home, folders)) {
    const stat = await lstat(join(home, path)).catch(ifGone);
    found.push(`${path} ${stat?.ino} ${stat?.size} ${stat?.mtimeMs} ${stat?.mode}`);
  }
  return found.sort().join('\n');
};

const readThings = async (home: string): Promise<KeptThings> => {
  const files: KeptThings['files'][number][] = [];
  const hash = createHash('sha256');
  for await (const { path, mode, bytes } of keptFiles(home)) {
    files.push({ path, mode, bytes: bytes.toString('base64') });
    hash.update(`${path} ${mode} ${bytes.length}\n`).update(bytes);
  }
  return { tag: hash.digest('hex'), files };
};

/**
 * Makes keys, people and hooks of a home as they are elsewhere, each of them whole and durable before the next. What is not there any more goes, but for
 * archive keys: none is ever removed, and one that was another is put beside. So are people as they were before the first that came of this
 * `holding` (how many events the lease of the archive had), since who holds it now may have lost them.
 */
export const takeKept = async (home: string, { files }: Pick<KeptThings, 'files'>, holding: number): Promise<void> => {
  const wanted = new Set<string>(files.map(({ path }) => path));
  for (const { path, mode, bytes } of files) {
    const file = join(home, path);
    const [now, present] = [Buffer.from(bytes, 'base64'), await readFile(file).catch(ifGone)];
    if (present?.equals(now) === true) continue;
    if (path === people && present !== undefined) {
      settle(file);
      await keepBeside(file, holding);
    }
    if (archiveKey.test(path) && present !== undefined) await link(file, `${file}.${randomUUID()}.old`);
    await replace(home, path, mode, now);
  }
  for await (const path of pathsBelow(home, ['keys', 'hooks.d']))
    if (!wanted.has(path) && !path.startsWith('keys/archive-key')) await rm(join(home, path));
};

/** How many are kept, for they also hold people who were erased since. */
const mostBeside = 3;

const keepBeside = async (file: string, holding: number): Promise<void> => {
  const beside = (at: number): string => `${file}.before-${at}.old`;
  await link(file, beside(holding)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const kept = (await readdir(dirname(file))).flatMap((name) => {
    const [, at] = /\.before-(\d+)\.old$/.exec(name) ?? [];
    return at === undefined ? [] : [Number(at)];
  });
  for (const at of kept.sort((one, other) => other - one).slice(mostBeside)) await rm(beside(at));
};

/** Of a life that was killed a journal may be left; it must not be taken for one of the database that comes in its place. */
const settle = (file: string): void => {
  const db = new DatabaseSync(file);
  try {
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
  } finally {
    db.close();
  }
};

const replace = async (home: string, path: string, mode: number, bytes: Buffer): Promise<void> => {
  const file = join(home, path);
  await makeFolders(home, dirname(path));
  const aside = `${file}.${randomUUID()}.new`;
  try {
    const handle = await open(aside, 'wx', mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
  await syncFolder(dirname(file));
};

/** Each is durable in the one above. */
const makeFolders = async (home: string, path: string): Promise<void> => {
  const names = path.split('/');
  for (const [at] of names.entries()) {
    const folder = join(home, ...names.slice(0, at + 1));
    if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(dirname(folder));
  }
};

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
};

/** Regular files, without those that are being written. */
const pathsBelow = async function* (home: string, within: readonly string[]): AsyncGenerator<string> {
  for (const folder of within) {
    const names: readonly Dirent[] = (await readdir(join(home, folder), { withFileTypes: true }).catch(ifGone)) ?? [];
    for (const entry of names) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) yield* pathsBelow(home, [path]);
      else if (entry.isFile() && !/\.new$|-journal$/.test(entry.name)) yield path;
    }
  }
};

const ifGone = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
};
