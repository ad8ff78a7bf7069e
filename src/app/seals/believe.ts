import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { InstanceId } from '../../domain/configuration/events.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { checkpointText } from '../../domain/seal/checkpoint.ts';
import type { LogSealed } from '../../domain/seal/events.ts';

/** What was signed in a checkpoint, or why no key that counts did. */
export type ReadCheckpoint = (sealed: LogSealed) => Promise<Either<Refusal, string>>;

/** Why a seal is not to be believed: it is not signed by whom it should, or what was signed is not what its event says. */
export const sealDoubt = async (sealed: LogSealed, read: ReadCheckpoint): Promise<string | undefined> => {
  const text = await read(sealed);
  if (isLeft(text)) return `its signature does not hold: ${text.left.fact}`;
  const [, instance = ''] = /^Instance: (\S+)$/m.exec(text.right) ?? [];
  return withoutEnd(text.right) === withoutEnd(checkpointText(instance as InstanceId, sealed))
    ? undefined
    : 'what was signed is not what the event says';
};

/** The last newline belongs to the framing of what is clearsigned (RFC 9580 §7). */
const withoutEnd = (text: string): string => text.replace(/\n$/, '');
