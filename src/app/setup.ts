import { isLeft } from 'fp-ts/lib/Either.js';
import type { ConfigurationEvent, InstanceConfigured, InstanceId } from '../domain/configuration/events.ts';
import { firstRun, type Host } from '../domain/configuration/first-run.ts';
import { sentence } from '../domain/refusal.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Because, Tell } from '../ports/tell.ts';
import type { World } from '../projections/world.ts';

/** Who sets up, for the record. */
const setup: Because = {
  actor: { kind: 'administrator', name: 'setup' },
  causedBy: undefined,
  correlation: 'setup',
};

/**
 * Gives a new instance everything it needs, from the machine it runs on. Every step says how something shall be, so a set-up that was
 * interrupted is finished by the next one.
 */
export const setUp = async (
  host: Host,
  instance: Omit<InstanceConfigured, 'type'>,
  keyring: Keyring,
  tell: Tell,
): Promise<void> => {
  const key = await keyring.archiveKey();
  const events: readonly ConfigurationEvent[] = [
    ...firstRun(host, instance),
    { type: 'ArchiveKeyGenerated', ...key },
    { type: 'EngineStarted' },
  ];
  for (const event of events) {
    const told = await tell({ command: 'Configure', event }, setup);
    if (isLeft(told)) throw new Error(sentence(told.left));
  }
};

/** The address people reach us by follows the settings. */
export const configureAddress = async (
  { configuration: { instance } }: World,
  { hostname, httpPort, ftpPort }: Pick<InstanceConfigured, 'hostname' | 'httpPort' | 'ftpPort'>,
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
