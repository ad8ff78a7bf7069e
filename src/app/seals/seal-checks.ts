import type { ArchiveKeys } from '../../domain/archive-key/archive-keys.ts';
import { oneBlock } from '../../domain/archive-key/key-block.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { LogSealed } from '../../domain/seal/events.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { ReleaseVerifier } from '../../ports/upstream.ts';
import type { World } from '../../projections/world.ts';
import { sealDoubt } from './believe.ts';
import { digestOf } from './make-seal.ts';
import { readRange, type SealAt, sealedUpTo } from './read-range.ts';

/** What this life of the daemon found when it held the last seal against the log. `doubt`: why it is not to be believed. */
export type SealCheck = { readonly seal: number; readonly doubt: string | undefined };

export type SealChecks = { readonly found: () => SealCheck | undefined; readonly check: () => Promise<void> };

type CheckParts = {
  readonly world: World;
  readonly log: Pick<EventLog, 'readAll' | 'query'>;
  readonly verifier: ReleaseVerifier;
};

/** Holds the last seal against keys, events and the seal before. */
export const sealChecks = ({ world, log, verifier }: CheckParts): SealChecks => {
  let found: SealCheck | undefined;
  const doubtOf = async (last: SealAt): Promise<string | undefined> => {
    const keys = keysOf(world.configuration.archiveKeys);
    // As of then: keys may have ended since, and a clock may have been set back.
    const read = ({ checkpoint, sealedAt }: LogSealed) =>
      verifier.verifyRelease({ inRelease: Buffer.from(checkpoint) }, keys, Date.parse(sealedAt));
    return (await sealDoubt(last.sealed, read)) ?? rangeDoubt(log, last);
  };
  return {
    found: () => found,
    check: async () => {
      const { last } = world.seals;
      if (last !== undefined) found = { seal: last.sealed.seal, doubt: await doubtOf(last) };
    },
  };
};

/** Also keys that sign no more: they signed then. */
const keysOf = (keys: ArchiveKeys): string => oneBlock(keys.map(({ publicKey }) => publicKey));

const rangeDoubt = async (log: CheckParts['log'], last: SealAt): Promise<string | undefined> => {
  const before = await sealBefore(log, last);
  if ((before === undefined ? null : digestOf(before.sealed)) !== last.sealed.previous)
    return 'it names another seal as the one before than the log holds';
  const range = await readRange(log, 'gently', before && (await sealedUpTo(log, before)), await sealedUpTo(log, last));
  const { first, last: end, sha256 } = last.sealed;
  return range.sha256 === sha256 && range.events === end - first + 1
    ? undefined
    : `the events ${first} to ${end} are not those that were sealed`;
};

const sealBefore = async (log: CheckParts['log'], { position }: SealAt): Promise<SealAt | undefined> => {
  const [before] = await log.query({ type: 'LogSealed', before: position, limit: 1 });
  return (
    before && {
      sealed: decodeEvent(before.body, `the event at ${before.position}`) as LogSealed,
      position: before.position,
    }
  );
};
