import { isLeft } from 'fp-ts/lib/Either.js';
import type { DaemonCommand } from '../domain/command.ts';
import type { InstanceId } from '../domain/configuration/events.ts';
import { firstRun, type Host, type InstanceAddress } from '../domain/configuration/first-run.ts';
import { type EventType, instanceStream } from '../domain/event.ts';
import { sentence } from '../domain/refusal.ts';
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
  readonly log: EventLog;
  readonly tell: Tell;
  readonly keyring: Keyring;
  readonly host: () => Promise<Host>;
  readonly instance: InstanceAddress;
};

/**
 * Gives a new instance everything it needs, from the machine it runs on. The engine is started last: an instance whose engine was ever
 * started is set up, and left as its administrator has it since; a set-up that was interrupted is done again, which says nothing twice.
 */
export const setUp = async ({ log, tell, keyring, host, instance }: SetUpParts): Promise<void> => {
  if (await hasSaid(log, 'EngineStarted')) return;
  const commands: readonly DaemonCommand[] = [
    ...firstRun(await host(), instance).map((event) => ({ command: 'Configure', event }) as const),
    ...((await hasSaid(log, 'ArchiveKeyGenerated'))
      ? []
      : [{ command: 'AddArchiveKey', ...(await keyring.newArchiveKey([])) } as const]),
    { command: 'Configure', event: { type: 'EngineStarted' } },
  ];
  for (const command of commands) {
    const told = await tell(command, setup);
    if (isLeft(told)) throw new Error(sentence(told.left));
  }
};

const hasSaid = async (log: EventLog, type: EventType): Promise<boolean> =>
  (await log.readStream(instanceStream)).some(({ body }) => body.type === type);

/** The address people reach us by follows the settings. */
export const configureAddress = async (
  { configuration: { instance } }: World,
  { hostname, httpPort, ftpPort }: Omit<InstanceAddress, 'instance'>,
  tell: Tell,
): Promise<void> => {
  if (instance === undefined) throw new Error('this instance is not set up yet: run mini-buildd setup');
  const told = await tell({ command: 'Configure', event: { ...instance, hostname, httpPort, ftpPort } }, setup);
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
