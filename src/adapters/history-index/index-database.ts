import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventColumns, eventIndices, streamColumn } from '../../disk/event-columns.ts';

/** The table of an index. Opened anew where there is none, another format, or what is no database any more: nothing in it is worth keeping. */
export const openIndexDatabase = (folder: string): DatabaseSync => {
  mkdirSync(folder, { recursive: true });
  try {
    return prepared(folder);
  } catch {
    rmSync(folder, { recursive: true });
    mkdirSync(folder, { recursive: true });
    return prepared(folder);
  }
};

const prepared = (folder: string): DatabaseSync => {
  const database = new DatabaseSync(join(folder, 'history.sqlite'), { timeout: 5_000 });
  try {
    database.enableDefensive(true);
    database.exec(settings);
    if (number(database, 'user_version') === 0) database.exec(schema);
    if (number(database, 'application_id') !== applicationId || number(database, 'user_version') !== format)
      throw new Error('this is no index of this format');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const number = (database: DatabaseSync, pragma: string): unknown =>
  database.prepare(`PRAGMA ${pragma}`).get()?.[pragma];

/** "mbhi". */
const applicationId = 0x6d626869;
/** Another one whenever what is stored means something else. */
const format = 1;

/** What a power failure takes off the end is read again. */
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA cache_size = -16000;
`;

/** `record` is the event as JSON; columns are SQLite's reading of it. `hash` chains it to the one before. */
const schema = `
  BEGIN;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${format};
  CREATE TABLE event (
    place INTEGER PRIMARY KEY,
    record TEXT NOT NULL CHECK (json_valid(record)),
    hash TEXT NOT NULL,
    position TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.position') VIRTUAL,
    ${streamColumn},
    ${eventColumns}
  ) STRICT;
  CREATE UNIQUE INDEX event_position ON event (position);
  CREATE INDEX event_stream ON event (stream);
  ${eventIndices}
  COMMIT;
`;
