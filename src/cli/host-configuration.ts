import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isLeft } from 'fp-ts/lib/Either.js';
import { exported, planOf } from '../app/configuration/apply.ts';
import { readPresetRequest } from '../app/configuration/preset-request.ts';
import { readConfiguration } from '../app/configuration/read-configuration.ts';
import { carryOutReconfiguration, differencesInWords, type Reconfiguration } from '../app/configuration/reconfigure.ts';
import { planPresets, presetsInWords } from '../app/configuration/set-up-presets.ts';
import { teller } from '../app/tell.ts';
import type { Host } from '../domain/configuration/first-run.ts';
import { type Refusal, sentence } from '../domain/refusal.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { People } from '../ports/people.ts';

const because = { actor: { kind: 'administrator', name: 'host' }, causedBy: undefined, correlation: 'host' } as const;

/** A document from a file, or from standard input for `-`. */
export const documentFrom = (file: string): Promise<string> =>
  file === '-' ? text(process.stdin) : readFile(file, 'utf8');

/**
 * Applies a document, and gives what changed in words. Throws with every refusal, a line each; nothing is changed then. What repositories
 * hold is not looked at here: whatever may take packages from apt needs `force`.
 */
export const applyOnHost = async (
  document: string,
  { isDryRun, force }: { readonly isDryRun: boolean; readonly force: boolean },
  log: EventLog,
  people: People,
): Promise<string> => {
  const plan = await planOf(document, await readConfiguration(log), people, {
    contents: undefined,
    force: force || isDryRun,
  });
  if (isLeft(plan)) throw new Error(inLines(plan.left));
  if (!isDryRun) await carryOut(plan.right, log);
  return differencesInWords(plan.right.differences, !isDryRun, plan.right.taken);
};

/** Adds what presets know and the instance lacks, and gives in words what that was. Throws as `applyOnHost` does. */
export const presetsOnHost = async (
  given: Parameters<typeof readPresetRequest>[0] & {
    readonly update: boolean;
    readonly force: boolean;
    readonly dryRun: boolean;
  },
  host: Host,
  log: EventLog,
): Promise<string> => {
  const request = readPresetRequest(given);
  if (isLeft(request)) throw new Error(inLines(request.left));
  const plan = planPresets({ ...request.right, update: given.update }, host, await readConfiguration(log), {
    contents: undefined,
    force: given.force || given.dryRun,
  });
  if (isLeft(plan)) throw new Error(inLines(plan.left));
  if (!given.dryRun) await carryOut(plan.right, log);
  return presetsInWords(plan.right, !given.dryRun);
};

export const exportOnHost = async (log: EventLog, people: People): Promise<string> =>
  exported(await readConfiguration(log), people);

const carryOut = async (plan: Reconfiguration, log: EventLog): Promise<void> => {
  const done = await carryOutReconfiguration(
    plan,
    because,
    teller(log, async () => undefined),
  );
  if (isLeft(done)) throw new Error(sentence(done.left));
};

const inLines = (refusals: readonly Refusal[]): string => refusals.map(sentence).join('\n');
