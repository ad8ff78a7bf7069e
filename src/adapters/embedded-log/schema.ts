import { DatabaseSync } from 'node:sqlite';
import { eventColumns, eventIndices, streamColumn } from '../../disk/event-columns.ts';

/** "mbld". */
export const applicationId = 0x6d626c64;

export const schema = `
  BEGIN;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = 1;
  CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    record TEXT NOT NULL CHECK (json_valid(record)),
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    ${streamColumn},
    revision INTEGER NOT NULL GENERATED ALWAYS AS (record ->> '$.revision') VIRTUAL,
    ${eventColumns}
  ) STRICT;
  CREATE UNIQUE INDEX event_stream ON event (stream, revision);
  ${eventIndices}
  CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: an event never changes'); END;
  CREATE TRIGGER event_never_goes BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: an event never goes'); END;
  COMMIT;
`;

/** Every table, index and trigger whose text is not the one that a log is made with, in words. */
export const schemaFaults = (database: DatabaseSync): readonly string[] => {
  const [meant, found] = [textsMeant(), textsIn(database)];
  return [
    ...[...meant].filter(([name]) => !found.has(name)).map(([name]) => `${name} is missing`),
    ...[...found].filter(([name]) => !meant.has(name)).map(([name]) => `${name} does not belong there`),
    ...[...meant]
      .filter(([name, text]) => found.has(name) && found.get(name) !== text)
      .map(([name]) => `${name} is not as it was made`),
  ];
};

const textsMeant = (): ReadonlyMap<string, string> => {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec(schema);
    return textsIn(database);
  } finally {
    database.close();
  }
};

/** By kind and name. What SQLite keeps for itself (its statistics, indices without a text) says nothing about events. */
const textsIn = (database: DatabaseSync): ReadonlyMap<string, string> =>
  new Map(
    (
      database
        .prepare(`SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)
        .all() as { readonly type: string; readonly name: string; readonly tbl_name: string; readonly sql: string }[]
    ).map(({ type, name, tbl_name, sql }) => [`${type} ${name}`, `${tbl_name}: ${sql}`]),
  );
