import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { backupFolder, backupsIn } from '../adapters/backup/backup-folder.ts';
import { backupTar, manifestMember } from '../adapters/backup/backup-tar.ts';
import { heldAlone } from '../adapters/backup/held-alone.ts';
import { keptFiles, openStored, putBack, storedFiles } from '../adapters/backup/home-files.ts';
import { fileStore } from '../adapters/file-store/file-store.ts';
import { tellLastBackup } from '../adapters/host-works/last-backup.ts';
import { tarStreamTars } from '../adapters/tar/tar-stream-tars.ts';
import { examineBackup, type Restored, restoreBackup, type Seen } from '../app/backup/restore-backup.ts';
import { type BackupSource, type Taken, takeBackup } from '../app/backup/take-backup.ts';
import { teller } from '../app/tell.ts';
import { syncPath } from '../disk/sync-path.ts';
import { Manifest, whenTaken } from '../domain/backup/manifest.ts';
import { decodeOrThrow, type Instant, instant } from '../domain/codec.ts';
import type { Sha256 } from '../domain/debian/names.ts';
import { reasonOf } from '../domain/reason.ts';
import { sentence } from '../domain/refusal.ts';
import { type BackupReader, OtherBytes } from '../ports/backup.ts';
import type { Settings } from '../settings.ts';
import { openTarget } from './host-log-copy.ts';
import { type Say, withProgress } from './host-progress.ts';
import { openLogPages } from './log-pages.ts';

export type BackupOptions = { readonly keep?: number };
export type RestoreOptions = { readonly at?: string; readonly seen: readonly string[]; readonly dryRun: boolean };

/** `-` stands for a pipe. */
const pipe = '-';

/** Stands in a home from the beginning of a restore to its end: no daemon starts meanwhile. */
const marker = 'restoring';

/** Refuses a home that is half restored. */
export const refuseHalfRestored = (home: string): void => {
  if (existsSync(join(home, marker)))
    throw new Error(`A restore of ${home} was broken off: run mini-buildd restore again, with the same backup`);
};

/** Backs the instance up into a folder or a pipe, and gives what to say. Not whole where files were damaged. */
export const backUpOnHost = (
  settings: Settings,
  where: string,
  { keep }: BackupOptions,
): Promise<{ readonly says: string; readonly isWhole: boolean }> =>
  withProgress({ home: settings.home, verb: 'backup' }, async (say) => {
    const log = await openLogPages(settings);
    try {
      const source = sourceOf(settings, log.pages);
      const { taken, gone } = where === pipe ? await toPipe(source, say) : await toFolder(where, source, keep, say);
      await remember(settings.home, taken);
      return said(taken, gone);
    } finally {
      await log.close();
    }
  });

type Done = { readonly taken: Taken; readonly gone: number };

const toPipe = async (source: BackupSource, progress: Say): Promise<Done> => {
  const { store, bytes } = backupTar();
  const [taken] = await Promise.all([
    takeBackup(source, store, { now: Date.now, progress }).catch((error: Error) => {
      bytes.destroy(error);
      throw error;
    }),
    pipeline(bytes, process.stdout, { end: false }),
  ]);
  return { taken, gone: 0 };
};

const toFolder = async (
  where: string,
  source: BackupSource,
  keep: number | undefined,
  progress: Say,
): Promise<Done> => {
  const folder = await backupFolder(where);
  try {
    const taken = await takeBackup(source, folder, { now: Date.now, progress });
    if (keep !== undefined) progress('looking for what only older backups hold');
    return { taken, gone: keep === undefined ? 0 : await folder.keepLast(keep) };
  } finally {
    await folder.close();
  }
};

/** For the daemon, which warns when no other follows. The backup is none the worse where this cannot be written. */
const remember = async (home: string, { manifest, findings }: Taken): Promise<void> => {
  const { taken, events, files } = manifest;
  const last = { taken, events, files: files.count, bytes: files.bytes, missing: findings.length };
  await tellLastBackup(home, last).catch((error: unknown) =>
    process.stderr.write(`mini-buildd: the daemon does not learn of this backup: ${reasonOf(error)}\n`),
  );
};

const sourceOf = ({ home }: Settings, pages: Awaited<ReturnType<typeof openLogPages>>['pages']): BackupSource => {
  const files = join(home, 'files');
  return {
    log: () =>
      pages(({ where, fact }) => {
        throw new Error(`the log is damaged, and is not backed up: ${where}: ${fact}. Run mini-buildd log verify`);
      }),
    files: () => storedFiles(files),
    open: (sha256) => openStored(files, sha256),
    kept: () => keptFiles(home),
  };
};

const said = ({ manifest, added, findings }: Taken, gone = 0) => ({
  isWhole: findings.length === 0,
  says: [
    `backup of ${manifest.taken}: ${manifest.events} events, ${manifest.files.count} files, ${manifest.files.bytes} bytes`,
    `new: ${added.objects} objects, ${added.bytes} bytes${gone === 0 ? '' : `; ${gone} older backups are gone`}`,
    ...findings.map(({ about, where, fact }) => `${about} ${where}: ${fact}; it is not in the backup`),
    '',
  ].join('\n'),
});

/** Puts an instance back into a home without one, and gives what to say. */
export const restoreOnHost = (
  settings: Settings,
  where: string,
  options: RestoreOptions,
): Promise<{ readonly says: string; readonly isWhole: boolean }> =>
  withProgress(options.dryRun ? { home: settings.home, verb: 'restore --dry-run' } : undefined, (say) =>
    restored(settings, where, options, say),
  );

const restored = async (
  settings: Settings,
  where: string,
  { at, seen: files, dryRun }: RestoreOptions,
  say: Say,
): Promise<{ readonly says: string; readonly isWhole: boolean }> => {
  const { home } = settings;
  if (where === pipe && dryRun) throw new Error('What comes by a pipe is gone once it was read: no dry run of it');
  const seen = await seenIn([...files, ...(await publishedIn(home))]);
  if (dryRun) {
    const from = backupsThatAre(where);
    const chosen = chosenOf(await from.manifests(), at);
    const findings = await examineBackup(from, chosen, say);
    return inWords(chosen, { seen: laterThan(chosen, seen), findings }, 'would be');
  }
  const { log, leave } = await enter(settings);
  try {
    const from = where === pipe ? await unpacked(home, say) : backupsThatAre(where);
    const chosen = chosenOf(await from.manifests(), at);
    const target = { ...targetIn(home), log };
    const done = await restoreBackup(from, chosen, laterThan(chosen, seen), target, say);
    await rm(join(home, unpackedName), { recursive: true, force: true });
    await rm(join(home, marker));
    await syncPath(home);
    return inWords(chosen, done, 'is');
  } finally {
    await leave();
  }
};

type Entered = { readonly log: Parameters<typeof restoreBackup>[3]['log']; readonly leave: () => Promise<void> };

/** Opens the log of a home that is to be restored, before anything else is written there: what holds an instance is left as it is. */
const enter = async (settings: Settings): Promise<Entered> => {
  const { home, log: where } = settings;
  const isResumed = existsSync(join(home, marker));
  if (where === 'embedded:' && !isResumed && existsSync(join(home, 'log')))
    throw new Error(
      `An instance lives in ${home}. A restore never writes over one: move its log/ away, or set MINI_BUILDD_HOME`,
    );
  await mkdir(home, { recursive: true });
  const alone = await heldAlone(join(home, `${marker}.lock`));
  // An embedded log is made by opening it: the marker comes first.
  const mark = async (): Promise<void> => {
    if (!isResumed) await writeFile(join(home, marker), '', { flag: 'wx' });
    await syncPath(home);
  };
  try {
    if (where === 'embedded:') await mark();
    const target = await openTarget(where, settings, false);
    const log = { ...target, tell: teller(target.log, async () => undefined) };
    const leave = async (): Promise<void> => {
      await log.log.close();
      await alone();
    };
    try {
      if (!isResumed && (await log.log.readAll(undefined, 1)).length > 0)
        throw new Error(`An instance lives in ${where}: restore into an empty log`);
      if (where !== 'embedded:') await mark();
      return { log, leave };
    } catch (error) {
      await leave();
      throw error;
    }
  } catch (error) {
    await alone();
    throw error;
  }
};

const targetIn = (home: string): Omit<Parameters<typeof restoreBackup>[3], 'log'> => ({
  files: fileStore(join(home, 'files')),
  keep: (path, mode, bytes) => putBack(home, path, mode, bytes),
  now: Date.now,
});

const backupsThatAre = (where: string): BackupReader => {
  if (!existsSync(join(where, 'backups'))) throw new Error(`There is no backup of mini-buildd in ${where}`);
  return backupsIn(where);
};

const unpackedName = 'restoring-from';

/** A tar from standard input, as a folder in the home for as long as it is needed. A member that is not what it is called is none. */
const unpacked = async (home: string, say: Say): Promise<BackupReader> => {
  await rm(join(home, unpackedName), { recursive: true, force: true });
  const folder = await backupFolder(join(home, unpackedName));
  const most = { members: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
  let members = 0;
  const read = await tarStreamTars().unpack('/dev/stdin', most, async (name, bytes) => {
    members += 1;
    say(`${members} objects unpacked`);
    return name === manifestMember
      ? folder.finish(decodeOrThrow(Manifest, JSON.parse((await bytes.toArray()).join('')), 'the manifest'))
      : folder.put(name as string as Sha256, 0, bytes).catch((error: unknown) => {
          if (!(error instanceof OtherBytes)) throw error;
        });
  });
  await folder.close();
  if (isLeft(read)) throw new Error(sentence(read.left));
  return folder;
};

const chosenOf = (manifests: readonly Manifest[], at: string | undefined): Manifest => {
  const found = at === undefined ? manifests.at(-1) : manifests.findLast(({ taken }) => taken <= at);
  if (found !== undefined) return found;
  const all = manifests.map(({ taken }) => taken).join(', ');
  throw new Error(all === '' ? 'There is no whole backup' : `There is no backup of ${at} or before; there are: ${all}`);
};

/** What is still published here by an instance that is no more. */
const publishedIn = async (home: string): Promise<readonly string[]> => {
  const root = join(home, 'repositories');
  if (!existsSync(root)) return [];
  const names = await readdir(root, { recursive: true });
  return names
    .filter((name) => /^[^/]+\/published\/dists\/[^/]+\/InRelease$/.test(name))
    .map((name) => join(root, name));
};

/** So far may a clock be ahead of ours. Milliseconds. */
const slack = 600_000;

/** Distributions and dates of such files; what names neither, or a time that is to come, says nothing. */
const seenIn = async (files: readonly string[]): Promise<Seen> => {
  const seen = new Map<string, Instant>();
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const date = Date.parse(/^Date: (.+)$/m.exec(text)?.[1] ?? '');
    const distribution = /^(?:Codename|Suite): (\S{1,100})$/m.exec(text)?.[1];
    if (distribution === undefined || Number.isNaN(date) || date > Date.now() + slack) continue;
    const at = instant(date);
    if (at > (seen.get(distribution) ?? '')) seen.set(distribution, at);
  }
  return [...seen].map(([distribution, date]) => ({ distribution, date }));
};

/** All of it where nobody knows when the backup was taken: nothing is published with an earlier date. */
const laterThan = (manifest: Manifest, seen: Seen): Seen => {
  const taken = whenTaken(manifest, instant(Date.now())) ?? '';
  return seen.filter(({ date }) => date > taken);
};

const inWords = (
  { taken, events, files, kept }: Manifest,
  { seen, findings }: Restored,
  is: 'is' | 'would be',
): { readonly says: string; readonly isWhole: boolean } => ({
  isWhole: findings.length === 0,
  says: [
    `the backup of ${taken} ${is} restored: ${events} events, ${files.count - findings.length} files, ${kept.length} keys and other secrets`,
    ...findings.map(
      ({ about, where, fact }) => `${about} ${where}: ${fact}; it ${is === 'is' ? 'is' : 'would be'} missing`,
    ),
    ...(seen.length === 0
      ? [
          'Whether apt saw anything that was published later is not known: --seen takes InRelease files of machines that use it',
        ]
      : seen.map(
          ({ distribution, date }) =>
            `apt has seen ${distribution} of ${date}: what was published between is not known here any more, and may come again under the same versions`,
        )),
    'Every repository is published anew when the daemon starts, never with an earlier date than those',
    '',
  ].join('\n'),
});
