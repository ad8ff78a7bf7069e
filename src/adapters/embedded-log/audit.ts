import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../domain/finding.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import { genesis, link } from './chain.ts';
import { databasePath, openDatabase } from './database.ts';
import { eventsOf } from './events-of.ts';
import { compare } from './examination.ts';
import { type HeadReading, headPath, openHeadFile } from './head-file.ts';
import { eventText, openRecords, type Records, type Row } from './records.ts';
import { schemaFaults } from './schema.ts';

type Report = (finding: Finding) => void;

/** Events in order; `undefined` stands for one that cannot be read any more. */
type Page = readonly (RecordedEvent | undefined)[];

/** Enough for one read, and not long to hold. */
const pageSize = 1000;

/**
 * Every event of a folder's log up to what its head acknowledges at this moment, page by page, held against the chain as it is read. What is wrong
 * is reported by its position, and reading goes on behind it. Takes no lock and writes nothing, so a daemon
 * may be at work. Throws when there is no log.
 */
export function* auditedPages(folder: string, report: Report): Generator<Page> {
  for (const path of [headPath(folder), databasePath(folder)])
    if (!existsSync(path)) throw new Error(`there is no log in ${folder}: ${path} does not exist`);
  const { head, damaged } = readHead(folder);
  if (damaged) report(logFinding('the head file', 'one of its two slots is damaged'));
  const opened = recordsIn(folder, report);
  if (opened === undefined) return;
  const { records, database } = opened;
  try {
    const end = head?.position ?? 0;
    const last = yield* walked(records, head === undefined ? Number.MAX_SAFE_INTEGER : end, report);
    const { fault } = compare(head, last.position, last.position === end ? last.hash : undefined);
    if (fault !== undefined) report(logFinding('the head file', fault));
  } finally {
    database.close();
  }
}

/** What SQLite finds wrong in its own structure, indices included: they answer questions about history. Reads everything once more. */
export const auditStructure = (folder: string): readonly Finding[] => {
  try {
    const database = openDatabase(folder, { readOnly: true });
    try {
      return [
        ...schemaFaults(database).map((fact) => logFinding(databasePath(folder), `its structure is altered: ${fact}`)),
        ...integrityFaults(database).map((fact) =>
          logFinding(databasePath(folder), `its structure is damaged: ${fact.replaceAll('\n', '; ')}`),
        ),
      ];
    } finally {
      database.close();
    }
  } catch (error) {
    return [logFinding(databasePath(folder), `its structure cannot be read: ${reasonOf(error)}`)];
  }
};

const integrityFaults = (database: DatabaseSync): readonly string[] =>
  (database.prepare('PRAGMA integrity_check(20)').all() as { readonly integrity_check: string }[])
    .map(({ integrity_check: fact }) => fact)
    .filter((fact) => fact !== 'ok');

const logFinding = (where: string, fact: string): Finding => ({ about: 'log', where, fact });

const atPosition = (position: number): string => `position ${position}`;

/** A database may open, and yet have lost the table or column by name that an event stands in. */
const recordsIn = (folder: string, report: Report): { records: Records; database: DatabaseSync } | undefined => {
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(folder, { readOnly: true });
    return { records: openRecords(database), database };
  } catch (error) {
    database?.close();
    report(logFinding(databasePath(folder), `it cannot be read as a log: ${reasonOf(error)}`));
    return undefined;
  }
};

/** A slot that is being written at this very moment looks damaged: it is looked at again. */
const readHead = (folder: string): HeadReading => {
  const file = openHeadFile(headPath(folder), 'r');
  try {
    let reading = file.read();
    for (let again = 0; reading.damaged && again < 5; again += 1) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      reading = file.read();
    }
    return reading;
  } finally {
    file.close();
  }
};

type Last = { readonly position: number; readonly hash: string };

/** Walks the chain; a record whose own hash is damaged is named alone, though the next was chained to what it was. */
function* walked(records: Records, end: number, report: Report): Generator<Page, Last> {
  let last: Last = { position: 0, hash: genesis };
  let meant = genesis;
  for (;;) {
    const rows = pageAfter(records, last.position, end, report);
    if (rows.length === 0) return last;
    const events: (RecordedEvent | undefined)[] = [];
    for (const { position, record, hash } of rows) {
      const follows = link(last.hash, position, record);
      if (hash !== follows && hash !== link(meant, position, record))
        report(logFinding(atPosition(position), 'its hash does not follow from its bytes and the event before'));
      meant = follows;
      last = { position, hash };
      events.push(eventIn({ position, record, hash }, report));
    }
    yield events;
  }
}

const eventIn = ({ position, record }: Row, report: Report): RecordedEvent | undefined => {
  try {
    return eventsOf(`[${eventText(position, record)}]`)[0];
  } catch {
    report(logFinding(atPosition(position), `its record is not JSON any more`));
    return undefined;
  }
};

/** Where a page of the database cannot be read, what can still be found around it. */
const pageAfter = (records: Records, after: number, end: number, report: Report): readonly Row[] => {
  try {
    return records.after(after, pageSize, end);
  } catch (error) {
    return onePage(records, after, end, report, reasonOf(error));
  }
};

const onePage = (records: Records, after: number, end: number, report: Report, because: string): readonly Row[] => {
  const rows: Row[] = [];
  for (let position = after + 1; position <= end && position <= after + pageSize; position += 1) {
    try {
      const row = records.at(position);
      if (row !== undefined) rows.push(row);
    } catch {
      report(logFinding(atPosition(position), `it cannot be read: ${because}`));
    }
  }
  return rows;
};
