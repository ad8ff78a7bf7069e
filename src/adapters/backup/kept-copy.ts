import { createHash, randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ifGone } from '../../disk/if-gone.ts';
import { replaceFile } from '../../disk/new-file.ts';
import { syncPath } from '../../disk/sync-path.ts';
import type { KeptThings } from '../../ports/standby.ts';
import { filesBelow, keptFiles } from './home-files.ts';

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
    const before = Date.now();
    const { looks, changed } = await looksOf(home);
    if (last?.looks === looks) return { ...last.things, turn: mine };
    const things = await readThings(home);
    last = changed < before - step ? { looks, things } : undefined;
    return { ...things, turn: mine };
  };
};

/**
 * The time of files goes on in steps, up to 10 ms (`CONFIG_HZ=100`; finer since Linux 6.13): what changed so lately may change again and look
 * the same, so that its looks say nothing yet. Milliseconds, and twice as many.
 */
const step = 20;

/** What the files look like, and when the last of them changed. */
const looksOf = async (home: string): Promise<{ readonly looks: string; readonly changed: number }> => {
  const found: string[] = [];
  let changed = 0;
  for await (const path of filesBelow(home, folders)) {
    if (path.endsWith('-journal')) continue;
    const stat = await lstat(join(home, path)).catch(ifGone);
    found.push(`${path} ${stat?.ino} ${stat?.size} ${stat?.mtimeMs} ${stat?.mode}`);
    changed = Math.max(changed, stat?.mtimeMs ?? 0);
  }
  return { looks: found.sort().join('\n'), changed };
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
  for await (const path of filesBelow(home, ['keys', 'hooks.d']))
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
  await replaceFile(file, bytes, mode);
};

/** Each is durable in the one above. */
const makeFolders = async (home: string, path: string): Promise<void> => {
  const names = path.split('/');
  for (const [at] of names.entries()) {
    const folder = join(home, ...names.slice(0, at + 1));
    if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncPath(dirname(folder));
  }
};
