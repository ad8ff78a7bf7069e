import { createHash } from 'node:crypto';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { InstanceRestored } from '../../domain/backup/events.ts';
import { type KeptPath, type Manifest, whenTaken } from '../../domain/backup/manifest.ts';
import { instant } from '../../domain/codec.ts';
import { everyDistribution } from '../../domain/configuration/configuration.ts';
import { type FileName, Sha256 } from '../../domain/debian/names.ts';
import type { Finding } from '../../domain/finding.ts';
import { sentence } from '../../domain/refusal.ts';
import type { BackupReader } from '../../ports/backup.ts';
import type { EventLog, RecordedEvent } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import { readConfiguration } from '../configuration/read-configuration.ts';
import { begun, type CopyTarget, fillLog } from '../fill-log.ts';
import { portableEnd, portableHead, readPortableLog } from '../verification/portable-log.ts';
import type { BackupProgress } from './take-backup.ts';

export type Seen = InstanceRestored['seen'];

/** A home without an instance. */
export type RestoreTarget = {
  readonly files: Pick<FileStore, 'has' | 'put'>;
  /** Puts a file back that is secret; rejects where another one is in its place. */
  readonly keep: (path: KeptPath, mode: number, bytes: Buffer) => Promise<void>;
  /** It is empty, or holds what a restore that was broken off brought. */
  readonly log: CopyTarget & { readonly tell: Tell };
  readonly now: () => number;
};

/** What apt has seen of the instance's own distributions, and files that are damaged in the backup: they are not there. */
export type Restored = { readonly seen: Seen; readonly findings: readonly Finding[] };

/** Who is at the host restores; the log says so. */
const because: Because = {
  actor: { kind: 'administrator', name: 'host' },
  causedBy: undefined,
  correlation: 'restore',
};

/**
 * Puts a backup back, every byte held against its name, the log last; and records that the instance goes on from it. Rejects where the log or a secret is not
 * as it was backed up; done again, it goes on.
 */
export const restoreBackup = async (
  from: BackupReader,
  manifest: Manifest,
  seen: Seen,
  { files, keep, log, now }: RestoreTarget,
  progress: BackupProgress,
): Promise<Restored> => {
  const findings: Finding[] = [];
  let done = 0;
  for (const sha256 of await listed(from, manifest)) {
    const fault = (await files.has(sha256)) ? undefined : await restoreFile(from, sha256, files);
    if (fault !== undefined) findings.push({ about: 'file', where: sha256, fact: fault });
    done += 1;
    progress(`${done} of ${manifest.files.count} files`);
  }
  for (const { path, mode, sha256 } of manifest.kept) await keep(path, mode, await whole(from, sha256));
  const isOnRecord = await fill(from, manifest, log, progress);
  const ours = await ofOurDistributions(seen, log.log);
  if (!isOnRecord) {
    const at = instant(now());
    log.recordAt(at);
    const { events, chain } = manifest;
    // By a clock that was ahead nothing would be published for as long.
    const taken = whenTaken(manifest, at) ?? at;
    const event = { type: 'InstanceRestored', taken, events, chain, seen: ours } as const;
    const told = await log.tell({ command: 'Report', event }, because);
    if (isLeft(told)) throw new Error(sentence(told.left));
  }
  return { seen: ours, findings };
};

/** Reads every object of a backup, and says what is damaged. */
export const examineBackup = async (
  from: BackupReader,
  manifest: Manifest,
  progress: BackupProgress,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  let done = 0;
  const look = async (about: Finding['about'], sha256: Sha256): Promise<void> => {
    const fault = await whole(from, sha256).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (fault !== undefined) findings.push({ about, where: sha256, fact: fault });
    done += 1;
    progress(`${done} objects`);
  };
  for (const part of [...manifest.log, ...manifest.kept.map(({ sha256 }) => sha256)]) await look('log', part);
  for (const sha256 of await listed(from, manifest)) await look('file', sha256);
  return findings;
};

const listed = async (from: BackupReader, { files }: Manifest): Promise<readonly Sha256[]> =>
  (await whole(from, files.list))
    .toString()
    .split('\n')
    .filter((line): line is Sha256 => Sha256.is(line));

/** The file, or why it is not what it was. It is hashed before it goes to the store, which may hold what else it is. */
const restoreFile = async (
  from: BackupReader,
  sha256: Sha256,
  files: Pick<FileStore, 'put'>,
): Promise<string | undefined> => {
  const digest = createHash('sha256');
  try {
    for await (const chunk of from.open(sha256)) digest.update(chunk as Uint8Array);
  } catch (error) {
    return (error as Error).message;
  }
  const found = digest.digest('hex');
  if (found !== sha256) return damaged(sha256, found);
  await files.put(sha256 as string as FileName, from.open(sha256));
  return undefined;
};

/** The bytes of an object that are as they were. */
const whole = async (from: BackupReader, sha256: Sha256): Promise<Buffer> => {
  const bytes = Buffer.concat(await from.open(sha256).toArray());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(damaged(sha256, found));
  return bytes;
};

const damaged = (sha256: string, found: string): string =>
  `the object ${sha256} of the backup is damaged: its bytes have the SHA-256 ${found}`;

/** Brings the log what it does not hold yet. Gives whether the restore is on record already: then it was broken off after its end. */
const fill = async (
  from: BackupReader,
  manifest: Manifest,
  target: CopyTarget,
  progress: BackupProgress,
): Promise<boolean> => {
  const { events, rest, beyond } = await begun(
    target.log,
    eventsOf(from, manifest),
    (_, place) => new Error(`the log holds another event ${place} than the backup: restore into an empty one`),
  );
  const isOnRecord = beyond.length === 1 && beyond[0]?.body.type === 'InstanceRestored';
  if (beyond.length > 0 && !isOnRecord)
    throw new Error('the log holds more events than the backup: restore into an empty one');
  await fillLog(rest, target, (done) => progress(`${events + done} of ${manifest.events} events`));
  return isOnRecord;
};

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

/** Machines have indices of others, too. */
const ofOurDistributions = async (seen: Seen, log: EventLog): Promise<Seen> => {
  if (seen.length === 0) return [];
  const configuration = await readConfiguration(log);
  const ours = new Set<string>(everyDistribution(configuration));
  // Rollbacks are called after their suite.
  return seen.filter(({ distribution }) => ours.has(distribution.replace(/-rollback\d+$/, '')));
};
