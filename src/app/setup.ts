import { isLeft } from 'fp-ts/lib/Either.js';
import type { DaemonCommand } from '../domain/command.ts';
import type { ConfigurationEvent, InstanceId } from '../domain/configuration/events.ts';
import { bareInstance, firstRun, type Host, type InstanceAddress } from '../domain/configuration/first-run.ts';
import type { EventType } from '../domain/event.ts';
import { sentence } from '../domain/refusal.ts';
import { instanceStream } from '../domain/stream.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Because, Tell } from '../ports/tell.ts';
import type { World } from '../projections/world.ts';

/** Who sets up, for the record. */
const setup: Because = {
  actor: { kind: 'administrator', name: 'setup' },
  causedBy: undefined,
  correlation: 'setup',
};

export type SetUpParts = {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly tell: Tell;
  readonly keyring: Keyring;
  /** What the host has to offer; `undefined`: nothing is taken from it, and its administrator sets up the rest. */
  readonly host: (() => Promise<Host>) | undefined;
  readonly instance: InstanceAddress;
};

/**
 * Gives a new instance everything it needs, from the machine it runs on. The engine is started last: an instance whose engine was ever
 * started is set up, and left as its administrator has it since; a set-up that was interrupted is done again, which says nothing twice.
 */
export const setUp = async ({ tell, keyring, ...parts }: SetUpParts): Promise<void> => {
  const steps = await firstSteps(parts);
  if (steps === undefined) return;
  const commands: readonly DaemonCommand[] = [
    ...steps.configuration.map((event) => ({ command: 'Configure', event }) as const),
    ...(steps.makesKey ? [{ command: 'AddArchiveKey', ...(await keyring.newArchiveKey([])) } as const] : []),
    { command: 'Configure', event: { type: 'EngineStarted' } },
  ];
  for (const command of commands) {
    const told = await tell(command, setup);
    if (isLeft(told)) throw new Error(sentence(told.left));
  }
};

/** What `setUp` would say, beside that the engine is started; nothing where the instance is set up. */
export const firstSteps = async ({
  log,
  host,
  instance,
}: Pick<SetUpParts, 'log' | 'host' | 'instance'>): Promise<
  { readonly configuration: readonly ConfigurationEvent[]; readonly makesKey: boolean } | undefined
> =>
  (await hasSaid(log, 'EngineStarted'))
    ? undefined
    : {
        configuration: host === undefined ? bareInstance(instance) : firstRun(await host(), instance),
        makesKey: !(await hasSaid(log, 'ArchiveKeyGenerated')),
      };

const hasSaid = async (log: Pick<EventLog, 'readStream'>, type: EventType): Promise<boolean> =>
  (await log.readStream(instanceStream)).some(({ body }) => body.type === type);

/** The address people reach us by follows the settings. */
export const configureAddress = async (
  { configuration: { instance } }: World,
  { hostname, url, ftpPort }: Omit<InstanceAddress, 'instance'>,
  tell: Tell,
): Promise<void> => {
  if (instance === undefined) throw new Error('this instance is not set up yet: run mini-buildd setup');
  const told = await tell({ command: 'Configure', event: { ...instance, hostname, url, ftpPort } }, setup);
  if (isLeft(told)) throw new Error(sentence(told.left));
};

/** An identity made from the machine's name: its first label, as far as an identity may hold it. */
export const instanceIdFor = (hostname: string): InstanceId => {
  const label = (hostname.split('.')[0] ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '')
    .replace(/^-+/, '')
    .slice(0, 32);
  return (label === '' ? 'mini-buildd' : label) as InstanceId;
};
