import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isLeft } from 'fp-ts/lib/Either.js';
import { exported, planOf } from '../app/configuration/apply.ts';
import { readConfiguration } from '../app/configuration/read-configuration.ts';
import { carryOutReconfiguration, differencesInWords } from '../app/configuration/reconfigure.ts';
import { teller } from '../app/tell.ts';
import { type Refusal, sentence } from '../domain/refusal.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { People } from '../ports/people.ts';

const because = { actor: { kind: 'administrator', name: 'host' }, causedBy: undefined, correlation: 'apply' } as const;

/** A document from a file, or from standard input for `-`. */
export const documentFrom = (file: string): Promise<string> =>
  file === '-' ? text(process.stdin) : readFile(file, 'utf8');

/** Applies a document, and gives what changed in words. Throws with every refusal, a line each; nothing is changed then. */
export const applyOnHost = async (
  document: string,
  isDryRun: boolean,
  log: EventLog,
  people: People,
): Promise<string> => {
  const plan = await planOf(document, await readConfiguration(log), people);
  if (isLeft(plan)) throw new Error(inLines(plan.left));
  if (!isDryRun) {
    const done = await carryOutReconfiguration(
      plan.right,
      because,
      teller(log, async () => undefined),
    );
    if (isLeft(done)) throw new Error(sentence(done.left));
  }
  return differencesInWords(plan.right.differences, !isDryRun);
};

export const exportOnHost = async (log: EventLog, people: People): Promise<string> =>
  exported(await readConfiguration(log), people);

const inLines = (refusals: readonly Refusal[]): string => refusals.map(sentence).join('\n');
