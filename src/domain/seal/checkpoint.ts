import type { InstanceId } from '../configuration/events.ts';
import type { LogSealed } from './events.ts';

/** What a seal says, before it is signed. */
export type Checkpoint = Omit<LogSealed, 'type' | 'signedBy' | 'checkpoint'>;

/** The text that is signed: one field a line, as in a control file. What a witness compares stands in it, and nothing else. */
export const checkpointText = (
  instance: InstanceId,
  { seal, sealedAt, first, last, upTo, sha256, previous }: Checkpoint,
): string =>
  [
    'Format: mini-buildd-seal 1',
    `Instance: ${instance}`,
    `Seal: ${seal}`,
    `Date: ${sealedAt}`,
    `Events: ${first}-${last}`,
    `Last-Event: ${upTo}`,
    `SHA256: ${sha256}`,
    `Previous: ${previous ?? 'none'}`,
    '',
  ].join('\n');
