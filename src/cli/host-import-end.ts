import { join, resolve } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { fileStore } from '../adapters/file-store/file-store.ts';
import { readSecretKey } from '../adapters/openpgp/secret-key.ts';
import { carryOutImport, verifyImport } from '../app/import/carry-out.ts';
import type { Journal } from '../app/import/journal.ts';
import { takeBackImport } from '../app/import/take-back.ts';
import { startProjector } from '../app/projector.ts';
import { teller } from '../app/tell.ts';
import { refusal, sentence } from '../domain/refusal.ts';
import type { EventLog } from '../ports/event-log.ts';
import { endImport, giveUpImport, isHalfImported, readImport } from './import-journal.ts';

/** What is said of an import, and whether it came to its end. */
export type Said = { readonly says: string; readonly isDone: boolean };
type Say = (line: string) => void;
type Doing = { readonly from: string | undefined; readonly abandon: boolean; readonly dryRun: boolean };

/** What an import is asked for. */
export type Asked = {
  readonly from: string | undefined;
  readonly repository?: string;
  readonly suites: string;
  readonly dryRun: boolean;
};

/** Finishes the import that was broken off. Done is what was asked for only where that is the same one, or nothing else was named. */
export const finishImport = async (home: string, asked: Asked, log: EventLog, say: Say): Promise<Said> => {
  const journal = await readImport(home);
  const [{ from, repository }] = journal.imported;
  const isDone = asked.from === undefined || isMeant(journal, { ...asked, from: asked.from });
  const rest = isDone ? '' : notLookedAt(asked.from);
  if (asked.dryRun) return { says: `the import of ${from} into ${repository} would be finished\n${rest}`, isDone };
  await carryOut(home, journal, log, say);
  return {
    says: `the import of ${from} into ${repository} that was broken off is finished: ${sum(journal)}\n${rest}`,
    isDone,
  };
};

/** Whether an import that was named is the one that was broken off. */
const isMeant = ({ imported }: Journal, asked: Asked & { readonly from: string }): boolean => {
  const [{ from, repository }] = imported;
  const suites = new Set(imported.flatMap((each) => each.suites.map(({ suite }) => suite)));
  return (
    resolve(asked.from) === resolve(from) &&
    (asked.repository === undefined || asked.repository === repository) &&
    listed(asked.suites).every((suite) => suites.has(suite))
  );
};

/** Names of suites, as they are given. */
export const listed = (suites: string): readonly string[] => suites.split(',').filter((name) => name !== '');

const notLookedAt = (from: string | undefined): string =>
  from === undefined ? '' : `${from} was not looked at beside that: import it again\n`;

/** From the first word on there is no way back, only to the end. */
export const carryOut = async (home: string, journal: Journal, log: EventLog, say: Say): Promise<void> => {
  await carryOutImport(
    journal,
    log,
    teller(log, async () => undefined),
    say,
  );
  await keepKey(home, journal);
  const { world } = await startProjector(log, (events) => say(`${events} events`));
  const wrong = await verifyImport(journal, world, fileStore(join(home, 'files')));
  if (wrong.length > 0) throw new Error(`What is on record is not what was found: ${wrong.slice(0, 20).join('; ')}`);
  await endImport(home);
};

/** Its public half is on record by now: before that nothing of it is in `keys/`. */
const keepKey = async (home: string, { secretKey }: Journal): Promise<void> => {
  const key = secretKey === null ? undefined : await readSecretKey(secretKey);
  if (key !== undefined && isLeft(key)) throw new Error(sentence(key.left));
  await key?.right.keepIn(join(home, 'keys'));
};

/** Gives it up instead. Who asks for another import by that has to ask again. */
export const abandonImport = async (
  home: string,
  { from: asked, abandon, dryRun }: Doing,
  log: EventLog,
  say: Say,
): Promise<Said> => {
  if (!isHalfImported(home)) return { says: `${sentence(nothingBrokenOff)}\n`, isDone: false };
  const journal = await readImport(home);
  const [{ from, repository }] = journal.imported;
  const isDone = abandon || asked === undefined;
  const rest = isDone ? '' : notLookedAt(asked);
  if (dryRun) return { says: `the import of ${from} into ${repository} would be given up\n${rest}`, isDone };
  await giveUpImport(home);
  const { world } = await startProjector(log, (events) => say(`${events} events`));
  if (world.configuration.archiveKeys.some(({ fingerprint }) => fingerprint === journal.key?.fingerprint))
    await keepKey(home, journal);
  const removals = await takeBackImport(
    journal,
    world,
    log,
    teller(log, async () => undefined),
    (removals) => say(`${removals} removals`),
  );
  await endImport(home);
  return {
    says: `the import of ${from} into ${repository} is given up: ${removals === 0 ? 'nothing of its packages was on record' : `what was on record of its packages is removed again (${removals} removals); their versions are burnt, so import into another repository: --repository`}\n${rest}`,
    isDone,
  };
};

const nothingBrokenOff = refusal('no-import', 'no import was broken off here', 'there is nothing to give up');

/** What an import is about. */
export const sum = ({ imported: [{ sources, versions }] }: Journal): string =>
  `${versions} versions of ${sources} source packages`;
