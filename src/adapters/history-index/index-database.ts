import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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
    stream TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.stream') VIRTUAL,
    type TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.body.type') VIRTUAL,
    package TEXT GENERATED ALWAYS AS (record ->> '$.subject.package') VIRTUAL,
    distribution TEXT GENERATED ALWAYS AS (record ->> '$.subject.distribution') VIRTUAL,
    actor TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.actor.name') VIRTUAL,
    correlation TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.correlation') VIRTUAL,
    recorded_at TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.recordedAt') VIRTUAL
  ) STRICT;
  CREATE UNIQUE INDEX event_position ON event (position);
  CREATE INDEX event_stream ON event (stream);
  CREATE INDEX event_type ON event (type);
  CREATE INDEX event_package ON event (package) WHERE package IS NOT NULL;
  CREATE INDEX event_distribution ON event (distribution) WHERE distribution IS NOT NULL;
  CREATE INDEX event_actor ON event (actor);
  CREATE INDEX event_correlation ON event (correlation);
  COMMIT;
`;
