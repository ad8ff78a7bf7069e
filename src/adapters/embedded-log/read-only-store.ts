import { existsSync } from 'node:fs';
import { databasePath, openDatabase } from './database.ts';
import { compare } from './examination.ts';
import { headPath, openHeadFile } from './head-file.ts';
import { openReading } from './reading.ts';
import { openRecords } from './records.ts';
import type { Store } from './store.ts';

/**
 * Reads `folder` beside its writer, without a lock, and shows what its head acknowledges at the moment of each
 * question. Writes nothing.
 */
export const openReadOnlyStore = (folder: string): Store => {
  for (const path of [headPath(folder), databasePath(folder)])
    if (!existsSync(path))
      throw new Error(`There is no log in ${folder}: ${path} does not exist. Name the home of an instance.`);
  const headFile = openHeadFile(headPath(folder), 'r');
  const database = openDatabase(folder, { readOnly: true });
  const records = openRecords(database);
  let wrong: string | undefined;
  const reading = openReading(
    records,
    (fact) => {
      wrong ??= fact;
    },
    () => wrong !== undefined,
  );
  const known = headFile.read().head;
  wrong = compare(known, records.last()?.position ?? 0, records.at(known?.position ?? 0)?.hash).fault;
  let closed = false;
  let seen = 0;
  const head = (): number => {
    if (!closed) seen = headFile.read().head?.position ?? seen;
    return seen;
  };
  const refused = 'This log is open for reading only';
  let verified = 0;
  return {
    standing: () => ({ head: head(), fenced: wrong ?? refused, notices: [], verified: undefined }),
    append: (appends) => appends.map(() => ({ refused })),
    page: (after, limit) => reading.page(after, limit, head()),
    stream: (name, revision, limit) => reading.stream(name, revision, limit, head()),
    query: (query) => reading.query(query, head()),
    verifyMore: () => {
      const end = head();
      verified = reading.verify(verified, end) ?? end;
      return verified < end;
    },
    close: () => {
      closed = true;
      database.close();
      headFile.close();
    },
  };
};
