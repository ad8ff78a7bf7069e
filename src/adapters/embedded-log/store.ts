import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { syncPathNow } from '../../disk/sync-path.ts';
import type { StreamName } from '../../domain/ids.ts';
import type { Query } from '../../ports/event-log.ts';
import { genesis } from './chain.ts';
import { databasePath, openDatabase } from './database.ts';
import { compare } from './examination.ts';
import { isPassing, wordsOf } from './faults.ts';
import { type HeadFile, headPath, openHeadFile } from './head-file.ts';
import { takeLock } from './lock.ts';
import { openReading, type Page, type Reading } from './reading.ts';
import { openRecords, type Records, type Row } from './records.ts';
import { type Append, type Outcome, openWriter, type Tail } from './writer.ts';

/** What the thread of the log holds: the files of one folder, checked. Everything here is synchronous. */
export type Store = {
  readonly standing: () => Standing;
  /**
   * Writes the group and syncs the head: what is `recorded` is durable. When it cannot be, every outcome is `refused`,
   * and the log is fenced unless the fault is one that passes.
   */
  readonly append: (appends: readonly Append[]) => readonly Outcome[];
  readonly page: (after: number, limit: number) => Page;
  readonly stream: (stream: StreamName, fromRevision: number, limit: number) => Page;
  readonly query: (query: Query) => Page;
  /** Verifies a further part of what was there at the start; false when there is none left. */
  readonly verifyMore: () => boolean;
  readonly close: () => void;
};

/**
 * `head`: the last acknowledged position, 0 without one. `fenced`: why nothing is written any more. `verified`: how far everything was
 * held against the hash chain and when (milliseconds since 1970), if all of it was right.
 */
export type Standing = {
  readonly head: number;
  readonly fenced: string | undefined;
  readonly notices: readonly string[];
  readonly verified: { readonly position: number; readonly hash: string; readonly at: number } | undefined;
};

/** What touches the disk, so that a test can let it fail. */
export type Parts = { readonly openDatabase: typeof openDatabase; readonly openHeadFile: typeof openHeadFile };

/** Opens `folder` for its only writer. Throws when another process writes it, or when it cannot be made or written. */
export const openStore = (folder: string, parts: Parts = { openDatabase, openHeadFile }): Store => {
  const isNew = mkdirSync(folder, { recursive: true, mode: 0o750 }) !== undefined;
  if (isNew) syncPathNow(dirname(folder));
  const lock = takeLock(folder);
  try {
    const store = openLocked(folder, parts);
    return {
      ...store,
      close: () => {
        store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
};

const openLocked = (folder: string, parts: Parts): Store => {
  const path = headPath(folder);
  const headFile = parts.openHeadFile(path, existsSync(path) ? 'r+' : 'w+');
  const database = openOrClose(folder, headFile, parts);
  if (typeof database === 'string') return lost(database, headFile);
  syncPathNow(folder);
  return examined(database, headFile);
};

const openOrClose = (folder: string, headFile: HeadFile, parts: Parts): DatabaseSync | string => {
  try {
    return openOrLose(folder, headFile, parts);
  } catch (error) {
    headFile.close();
    throw error;
  }
};

/** Why the log is lost, where it cannot be opened. A missing log is not made anew where a head knows of one. */
const openOrLose = (folder: string, headFile: HeadFile, parts: Parts): DatabaseSync | string => {
  const known = headFile.read().head?.position ?? 0;
  const path = databasePath(folder);
  if (known > 0 && !existsSync(path)) return `${path} is missing, and the head knows of events up to position ${known}`;
  try {
    return parts.openDatabase(folder, { readOnly: false });
  } catch (error) {
    if (isPassing(error)) throw new Error(`${path} cannot be opened: ${wordsOf(error)}`, { cause: error });
    return `${path} cannot be read as a log: ${String(error)}`;
  }
};

/** Stands for a log of which nothing can be read. */
const lost = (fact: string, headFile: HeadFile): Store => {
  const nothing: Page = { text: '[]', last: undefined };
  const fenced = `${fact}. ${remedy}`;
  return {
    standing: () => ({ head: 0, fenced, notices: [], verified: undefined }),
    append: (appends) => refuseAll(appends, fenced),
    page: () => nothing,
    stream: () => nothing,
    query: () => nothing,
    verifyMore: () => false,
    close: () => headFile.close(),
  };
};

const examined = (database: DatabaseSync, headFile: HeadFile): Store => {
  let fenced: string | undefined;
  const fence = (fact: string): void => {
    fenced ??= `${fact}. ${remedy}`;
  };
  const records = openRecords(database);
  const reading = openReading(records, fence, () => fenced !== undefined);
  const { tail, notices, reserved } = settle(records, reading, headFile, fence, () => fenced !== undefined);
  const write = openWriter(database, reserved);
  let end = tail;
  let synced = tail.position;

  const syncHead = (): void => {
    if (end.position <= synced) return;
    headFile.write({ position: end.position, hash: end.hash, reserved });
    synced = end.position;
  };

  const append = (appends: readonly Append[]): readonly Outcome[] => {
    try {
      const { tail, outcomes } = write(end, appends);
      end = tail;
      syncHead();
      return outcomes;
    } catch (error) {
      const fact = `Events could not be made durable after position ${synced}: ${wordsOf(error)}`;
      if (!isPassing(error)) fence(fact);
      return refuseAll(appends, fenced ?? `${fact}. Nothing was acknowledged; it may be tried again`);
    }
  };

  let verified = 0;
  let proven: Standing['verified'];
  return {
    standing: () => ({ head: synced, fenced, notices, verified: fenced === undefined ? proven : undefined }),
    append: (appends) => (fenced === undefined ? append(appends) : refuseAll(appends, fenced)),
    page: (after, limit) => reading.page(after, limit, synced),
    stream: (name, revision, limit) => reading.stream(name, revision, limit, synced),
    query: (query) => reading.query(query, synced),
    verifyMore: () => {
      verified = reading.verify(verified, tail.position) ?? tail.position;
      if (verified === tail.position && verified > 0)
        proven = { position: tail.position, hash: tail.hash, at: Date.now() };
      return verified < tail.position;
    },
    close: () => {
      database.close();
      headFile.close();
    },
  };
};

type Start = { readonly tail: Tail; readonly notices: readonly string[]; readonly reserved: number };

/** Finds where the log goes on, and lets the head say so before anything is shown. */
const settle = (
  records: Records,
  reading: Reading,
  headFile: HeadFile,
  fence: (fact: string) => void,
  isFenced: () => boolean,
): Start => {
  const { head, damaged } = headFile.read();
  const known = head ?? { position: 0, hash: genesis, reserved: 0 };
  const tail = orElse(() => tailOf(records.last()), fence) ?? { ...known, recordedAt: '' };
  const { fault, notice } = compare(
    head,
    tail.position,
    orElse(() => records.at(known.position)?.hash, fence),
  );
  if (fault !== undefined) fence(fault);
  for (let at: number | undefined = known.position; at !== undefined; ) at = reading.verify(at, tail.position);
  const { reserved } = known;
  if (!isFenced() && (head === undefined || tail.position > known.position))
    headFile.write({ position: tail.position, hash: tail.hash, reserved });
  const torn = damaged ? ['One of the two slots of the head file was torn and is not used'] : [];
  return { tail, notices: [...torn, ...(notice === undefined ? [] : [notice])], reserved };
};

const orElse = <A>(read: () => A, fence: (fact: string) => void): A | undefined => {
  try {
    return read();
  } catch (error) {
    fence(`The end of the log cannot be read: ${String(error)}`);
    return undefined;
  }
};

const tailOf = (last: Row | undefined): Tail => {
  if (last === undefined) return { position: 0, hash: genesis, recordedAt: '' };
  return { position: last.position, hash: last.hash, recordedAt: recordedAt(last.record) };
};

/** Of a record that may be damaged; then it does not matter, since the log is fenced. */
const recordedAt = (record: string): string => {
  try {
    return String(JSON.parse(record).recordedAt);
  } catch {
    return '';
  }
};

const refuseAll = (appends: readonly Append[], refused: string): readonly Outcome[] => appends.map(() => ({ refused }));

const remedy =
  'Nothing is written until log/ is restored from a backup (where records are missing and there is none: mini-buildd log accept-loss); reading goes on';
