import { createReadStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Journal, journalLines, readJournal } from '../app/import/journal.ts';
import { replaceFile } from '../disk/new-file.ts';
import { syncPath } from '../disk/sync-path.ts';

/** Stands in a home from the first word of an import to its last: no daemon starts meanwhile. */
const name = 'importing';
/** What it is called once the import is given up: from then on there is only that way. */
const givenUp = 'import-given-up';

export const isHalfImported = (home: string): boolean => existsSync(join(home, name)) || isGivenUp(home);

export const isGivenUp = (home: string): boolean => existsSync(join(home, givenUp));

/** Refuses a home where an import was broken off. */
export const refuseHalfImported = (home: string): void => {
  const reason = whyHalfImported(home);
  if (reason !== undefined) throw new Error(reason);
};

export const whyHalfImported = (home: string): string | undefined =>
  isHalfImported(home)
    ? `An import into ${home} was broken off: run mini-buildd import again, which finishes it, or mini-buildd import --abandon, which gives it up`
    : undefined;

/** It appears whole, or not at all. */
export const writeImport = (home: string, journal: Journal): Promise<void> =>
  replaceFile(join(home, name), bytesOf(journal), 0o600);

const bytesOf = function* (journal: Journal): Generator<Uint8Array> {
  for (const line of journalLines(journal)) yield Buffer.from(line);
};

export const readImport = (home: string): Promise<Journal> => {
  const input = createReadStream(join(home, isGivenUp(home) ? givenUp : name));
  return readJournal(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }));
};

/** From here on the import is not finished any more. */
export const giveUpImport = async (home: string): Promise<void> => {
  if (!isGivenUp(home)) await rename(join(home, name), join(home, givenUp));
  await syncPath(home);
};

export const endImport = async (home: string): Promise<void> => {
  for (const each of [name, givenUp]) await rm(join(home, each), { force: true });
  await syncPath(home);
};
