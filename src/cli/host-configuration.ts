import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isLeft } from 'fp-ts/lib/Either.js';
import { exported, planOf, yamlOf } from '../app/configuration/apply.ts';
import { readPresetRequest } from '../app/configuration/preset-request.ts';
import { readConfiguration } from '../app/configuration/read-configuration.ts';
import {
  carryOutReconfiguration,
  differencesInWords,
  planReconfiguration,
  type Reconfiguration,
} from '../app/configuration/reconfigure.ts';
import { planPresets, presetsInWords } from '../app/configuration/set-up-presets.ts';
import { unified } from '../app/configuration/yaml-difference.ts';
import type { firstSteps } from '../app/setup.ts';
import { rehearsal, teller } from '../app/tell.ts';
import type { Configuration } from '../domain/configuration/configuration.ts';
import type { Host } from '../domain/configuration/first-run.ts';
import { type Refusal, refusal, sentence } from '../domain/refusal.ts';
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
  const present = await readConfiguration(log);
  const plan = await planOf(document, present, people, {
    contents: undefined,
    force,
  });
  if (isLeft(plan)) throw new Error(inLines(plan.left));
  const lines = isDryRun ? await yamlOf(plan.right, present, people) : undefined;
  await carryOut(plan.right, log, isDryRun);
  const words = differencesInWords(plan.right.differences, !isDryRun, plan.right.taken);
  return lines === undefined ? words : `${words}${unified(lines)}`;
};

/** Adds what presets know and an instance that is configured as in `present` lacks, and gives in words what that was. Throws as `applyOnHost` does. */
export const presetsOnHost = async (
  given: Parameters<typeof readPresetRequest>[0] & {
    readonly update: boolean;
    readonly force: boolean;
    readonly dryRun: boolean;
  },
  host: Host,
  present: Configuration,
  log: EventLog,
): Promise<string> => {
  const request = readPresetRequest(given);
  if (isLeft(request)) throw new Error(inLines(request.left));
  const plan = planPresets({ ...request.right, update: given.update }, host, present, {
    contents: undefined,
    force: given.force,
  });
  if (isLeft(plan)) throw new Error(inLines(plan.left));
  await carryOut(plan.right, log, given.dryRun);
  return presetsInWords(plan.right, !given.dryRun);
};

/** Names, keys and what apt trusts are made of the identity, so that it stays once the instance is set up. */
export const refuseOtherIdentity = ({ instance }: Configuration, wanted: string, home: string): void => {
  if (instance === undefined || instance.instance === wanted) return;
  throw new Error(
    sentence(
      refusal(
        'identity-fixed',
        `the identity of this instance is ${instance.instance}, for good`,
        `leave --id out; where nothing in it matters yet, stop the daemon, move log, keys and people in ${home} away, run: mini-buildd setup --bare --id ${wanted}, and start the daemon`,
      ),
    ),
  );
};

/** What `setup` would begin with, in words. */
export const firstStepsInWords = (before: Configuration, steps: Awaited<ReturnType<typeof firstSteps>>): string => {
  if (steps === undefined) return 'this instance is set up\n';
  const plan = planReconfiguration(before, steps.configuration, { contents: undefined, force: true });
  if (isLeft(plan)) throw new Error(inLines(plan.left));
  return [
    differencesInWords(plan.right.differences, false),
    ...(steps.makesKey ? ['an archive key would be made\n'] : []),
    'the engine would be started\n',
  ].join('');
};

export const exportOnHost = async (log: EventLog, people: People): Promise<string> =>
  exported(await readConfiguration(log), people);

const carryOut = async (plan: Reconfiguration, log: EventLog, isDryRun: boolean): Promise<void> => {
  const done = await carryOutReconfiguration(
    plan,
    because,
    isDryRun ? rehearsal(log) : teller(log, async () => undefined),
  );
  if (isLeft(done)) throw new Error(sentence(done.left));
};

const inLines = (refusals: readonly Refusal[]): string => refusals.map(sentence).join('\n');
