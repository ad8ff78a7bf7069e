import { createHash } from 'node:crypto';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { InstanceRestored } from '../../domain/backup/events.ts';
import type { KeptPath, Manifest } from '../../domain/backup/manifest.ts';
import { instant } from '../../domain/codec.ts';
import { type FileName, Sha256 } from '../../domain/debian/names.ts';
import { sentence } from '../../domain/refusal.ts';
import type { BackupReader } from '../../ports/backup.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import { type CopyTarget, fillLog } from '../copy-log.ts';
import { portableEnd, portableHead, readPortableLog } from '../verification/portable-log.ts';
import type { BackupProgress } from './take-backup.ts';

/** A home without an instance. */
export type RestoreTarget = {
  readonly files: Pick<FileStore, 'has' | 'put' | 'remove'>;
  /** Puts a file back that is secret; rejects where another one is in its place. */
  readonly keep: (path: KeptPath, mode: number, bytes: Buffer) => Promise<void>;
  /** Opens the log, which has to be empty, when everything else is there. */
  readonly openLog: () => Promise<CopyTarget & { readonly tell: Tell }>;
  readonly now: () => number;
};

/** Who is at the host restores; the log says so. */
const because: Because = {
  actor: { kind: 'administrator', name: 'host' },
  causedBy: undefined,
  correlation: 'restore',
};

/**
 * Puts a backup back, every byte held against its name, the log last; and records that the instance goes on from it. Rejects at the first thing that is
 * not as it was backed up; done again, it goes on.
 */
export const restoreBackup = async (
  from: BackupReader,
  manifest: Manifest,
  seen: InstanceRestored['seen'],
  { files, keep, openLog, now }: RestoreTarget,
  progress: BackupProgress,
): Promise<void> => {
  let done = 0;
  for (const sha256 of await listed(from, manifest)) {
    if (!(await files.has(sha256))) await restoreFile(from, sha256, files);
    done += 1;
    progress(`${done} of ${manifest.files.count} files`);
  }
  for (const { path, mode, sha256 } of manifest.kept) await keep(path, mode, await whole(from, sha256));
  const target = await openLog();
  try {
    await fillLog(eventsOf(from, manifest), target, (events) => progress(`${events} of ${manifest.events} events`));
    target.recordAt(instant(now()));
    const { taken, events, chain } = manifest;
    const event = { type: 'InstanceRestored', taken, events, chain, seen } as const;
    const told = await target.tell({ command: 'Report', event }, because);
    if (isLeft(told)) throw new Error(sentence(told.left));
  } finally {
    await target.log.close();
  }
};

const listed = async (from: BackupReader, { files }: Manifest): Promise<readonly Sha256[]> =>
  (await whole(from, files.list))
    .toString()
    .split('\n')
    .filter((line): line is Sha256 => Sha256.is(line));

const restoreFile = async (
  from: BackupReader,
  sha256: Sha256,
  files: Pick<FileStore, 'put' | 'remove'>,
): Promise<void> => {
  const put = await files.put(sha256 as string as FileName, from.open(sha256));
  if (put.sha256 === sha256) return;
  await files.remove(put.sha256);
  throw new Error(damaged(sha256, put.sha256));
};

/** The bytes of an object that are as they were. */
const whole = async (from: BackupReader, sha256: Sha256): Promise<Buffer> => {
  const bytes = Buffer.concat(await from.open(sha256).toArray());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(damaged(sha256, found));
  return bytes;
};

const damaged = (sha256: string, found: string): string =>
  `the object ${sha256} of the backup is damaged: its bytes have the SHA-256 ${found}. Restore from another backup`;

/** The chain through all lines, up to the last one, is what the manifest says. */
const eventsOf = async function* (from: BackupReader, manifest: Manifest): AsyncGenerator<readonly RecordedEvent[]> {
  const pages = readPortableLog(linesOf(from, manifest), ({ where, fact }) => {
    throw new Error(`the log in the backup is damaged: ${where}: ${fact}`);
  });
  for await (const page of pages) {
    yield page.map((event) => {
      if (event === undefined) throw new Error('the log in the backup has an event that cannot be read');
      return event;
    });
  }
};

const linesOf = async function* (from: BackupReader, { log, events, chain }: Manifest): AsyncGenerator<string> {
  yield portableHead;
  for (const part of log) yield* (await whole(from, part)).toString().split('\n').slice(0, -1);
  yield portableEnd(events, chain);
};
