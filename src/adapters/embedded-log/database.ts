import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { applicationId, schema } from './schema.ts';

export const databasePath = (folder: string): string => join(folder, 'events.sqlite');

/**
 * The table of records. `record` is the event as JSON without its position, and the only thing that is stored; the
 * columns that questions are asked by are SQLite's reading of it, so that they cannot differ from it.
 */
export const openDatabase = (folder: string, { readOnly }: { readonly readOnly: boolean }): DatabaseSync => {
  const database = new DatabaseSync(databasePath(folder), { readOnly, timeout: 5_000 });
  try {
    prepare(database, readOnly);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const prepare = (database: DatabaseSync, readOnly: boolean): void => {
  database.enableDefensive(true);
  database.exec(settings);
  if (!readOnly) {
    database.exec('PRAGMA journal_mode = WAL');
    if (number(database, 'user_version') === 0) database.exec(schema);
  }
  checkFormat(database);
};

const checkFormat = (database: DatabaseSync): void => {
  const application = number(database, 'application_id');
  const version = number(database, 'user_version');
  if (application !== applicationId) throw new Error('this SQLite file is not a log of mini-buildd');
  if (version !== 1)
    throw new Error(
      `this log has format ${version}, and this mini-buildd reads format 1: use the version that wrote it`,
    );
};

const number = (database: DatabaseSync, pragma: string): unknown =>
  database.prepare(`PRAGMA ${pragma}`).get()?.[pragma];

/** Per connection. Without recursive triggers INSERT OR REPLACE would delete behind the triggers' back. */
const settings = `
  PRAGMA synchronous = FULL;
  PRAGMA recursive_triggers = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA cache_size = -16000;
  PRAGMA wal_autocheckpoint = 4000;
`;
