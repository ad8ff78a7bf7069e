import { hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { KeptPath, Manifest } from '../../domain/backup/manifest.ts';
import { instant } from '../../domain/codec.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { Finding } from '../../domain/finding.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type BackupStore, OtherBytes } from '../../ports/backup.ts';
import type { Pages } from '../verification/audit-events.ts';
import { chained, genesis } from '../verification/portable-log.ts';

/** An instance, whose daemon may go on working. */
export type BackupSource = {
  /** From the beginning, up to what stands there when it is asked. */
  readonly log: () => Pages;
  /** Every file of the store, in any order. One that is let go meanwhile may be missing. */
  readonly files: () => AsyncIterable<{ readonly sha256: Sha256; readonly size: number }>;
  /** `undefined`: it was let go meanwhile. */
  readonly open: (sha256: Sha256) => Promise<Readable | undefined>;
  /** Keys, people and hooks, as they are when they are asked for. */
  readonly kept: () => AsyncIterable<{ readonly path: KeptPath; readonly mode: number; readonly bytes: Buffer }>;
};

export type Taken = {
  readonly manifest: Manifest;
  /** What was not there before. */
  readonly added: { readonly objects: number; readonly bytes: number };
  /** Files that are not what they are called: they are not in the backup. */
  readonly findings: readonly Finding[];
};

export type BackupProgress = (line: string) => void;

/**
 * Backs an instance up. What the log says up to its end was there before or is there after it was read: so files are copied before and after, and
 * keys last. Rejects, without a backup that is there, where the log is damaged or is no continuation of what was backed up before.
 */
export const takeBackup = async (
  from: BackupSource,
  to: BackupStore,
  { now, progress }: { readonly now: () => number; readonly progress: BackupProgress },
): Promise<Taken> => {
  const taken = instant(now());
  const put = objects(to);
  const last = await to.last();
  const files = fileCopies(from, put, (count) => progress(`${count} files${lastHeld(last?.files.count)}`));
  await files.copy();
  const log = await copyEvents(from, last, put, progress);
  await files.copy();
  const kept: Manifest['kept'][number][] = [];
  for await (const { path, mode, bytes } of from.kept()) kept.push({ path, mode, sha256: await put.text(bytes) });
  const list = await put.text(
    Buffer.from(
      files
        .names()
        .map((sha256) => `${sha256}\n`)
        .join(''),
    ),
  );
  const manifest: Manifest = {
    format: 'mini-buildd-backup 1',
    taken,
    ...log,
    files: { list, count: files.names().length, bytes: files.bytes() },
    kept,
  };
  await to.finish(manifest);
  return { manifest, added: put.added(), findings: files.findings() };
};

/** How many there are in all nobody has counted before they are read. */
const lastHeld = (count: number | undefined): string => (count === undefined ? '' : `; the last backup held ${count}`);

/** Puts what is not there, and counts it. */
const objects = (to: BackupStore) => {
  let [count, sum] = [0, 0];
  const put = async (sha256: Sha256, size: number, bytes: () => AsyncIterable<Uint8Array>): Promise<void> => {
    if (await to.has(sha256, size)) return;
    await to.put(sha256, size, bytes());
    count += 1;
    sum += size;
  };
  return {
    put,
    text: async (bytes: Buffer): Promise<Sha256> => {
      const sha256 = hash('sha256', bytes) as Sha256;
      await put(sha256, bytes.length, async function* () {
        yield bytes;
      });
      return sha256;
    },
    areThere: async (all: readonly Sha256[]): Promise<boolean> => {
      for (const sha256 of all) if (!(await to.has(sha256))) return false;
      return true;
    },
    added: () => ({ objects: count, bytes: sum }),
  };
};

type Objects = ReturnType<typeof objects>;

const fileCopies = ({ files, open }: BackupSource, { put }: Objects, progress: (files: number) => void) => {
  const there = new Map<Sha256, number>();
  const wrong = new Map<Sha256, Finding>();
  const copy = async (): Promise<void> => {
    for await (const { sha256, size } of files()) {
      if (there.has(sha256) || wrong.has(sha256)) continue;
      const bytes = await open(sha256);
      if (bytes === undefined) continue;
      try {
        await put(sha256, size, () => readable(bytes));
        there.set(sha256, size);
      } catch (error) {
        if (!(error instanceof OtherBytes)) throw error;
        wrong.set(sha256, { about: 'file', where: sha256, fact: error.message });
      } finally {
        bytes.destroy();
      }
      progress(there.size);
    }
  };
  return {
    copy,
    names: (): readonly Sha256[] => [...there.keys()].sort(),
    bytes: (): number => [...there.values()].reduce((sum, size) => sum + size, 0),
    findings: (): readonly Finding[] => [...wrong.values()],
  };
};

/** What cannot be read is no better than what reads otherwise; what cannot be written is another matter. */
const readable = async function* (bytes: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw new OtherBytes(`it cannot be read: ${reasonOf(error)}`);
  }
};

/** An object of the log holds about so many bytes. */
const longestPart = 8 * 2 ** 20;

/** The events that the last backup did not hold become objects of their own. */
const copyEvents = async (
  { log }: BackupSource,
  last: Manifest | undefined,
  { text, areThere }: Objects,
  progress: BackupProgress,
): Promise<Pick<Manifest, 'events' | 'chain' | 'log'>> => {
  const isThere = await areThere(last?.log ?? []);
  const parts = isThere ? [...(last?.log ?? [])] : [];
  const held = last?.events ?? 0;
  const known = isThere ? held : 0;
  let [events, chain, part, partBytes] = [0, genesis as string, [] as string[], 0];
  const close = async (): Promise<void> => {
    if (part.length > 0) parts.push(await text(Buffer.from(part.join(''))));
    [part, partBytes] = [[], 0];
  };
  for await (const links of chained(log())) {
    for (const { hash: own, line } of links) {
      events += 1;
      chain = own;
      if (events === held && chain !== last?.chain) throw new Error(otherHistory(last));
      if (events <= known) continue;
      part.push(`${own} ${line}\n`);
      partBytes += line.length;
    }
    if (partBytes >= longestPart) await close();
    progress(`${events} events${lastHeld(last?.events)}`);
  }
  if (events < held) throw new Error(otherHistory(last));
  await close();
  return { events, chain: chain as Sha256, log: parts };
};

const otherHistory = (last: Manifest | undefined): string =>
  `this log does not go on from the backup of ${last?.taken} that is there: back up into another folder, and find out why`;
