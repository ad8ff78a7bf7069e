import { createHash } from 'node:crypto';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import { instant } from '../../domain/codec.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import { checkpointText } from '../../domain/seal/checkpoint.ts';
import type { LogSealed } from '../../domain/seal/events.ts';
import { mostBetween } from '../../domain/seal/seal.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { duty, type Tell } from '../../ports/tell.ts';
import { nextSeal } from '../../projections/seals.ts';
import type { World } from '../../projections/world.ts';
import { type Pace, readRange, sealedUpTo } from './read-range.ts';

type SealParts = {
  readonly world: World;
  readonly log: Pick<EventLog, 'readAll' | 'query'>;
  readonly keyring: Pick<Keyring, 'clearsign'>;
  readonly tell: Tell;
  readonly now: () => number;
};

/**
 * Seals everything that the log holds at this moment, if there is anything and somebody to sign it. Only the event changes anything: a seal
 * that is interrupted before it was never made, and of two that are made at once one is.
 */
export const sealMaker =
  ({ world, log, keyring, tell, now }: SealParts) =>
  async (pace: Pace): Promise<void> => {
    const { seals, configuration } = world;
    const [instance, signedBy, before] = [configuration.instance?.instance, signersOf(configuration), seals.last];
    if (instance === undefined || signedBy.length === 0) return;
    const [seal, first] = [nextSeal(seals), (before?.sealed.last ?? 0) + 1];
    const range = await readRange(log, pace, before && (await sealedUpTo(log, before)));
    if (range.upTo === undefined) return;
    const last = first + range.events - 1;
    const said = {
      ...{ seal, sealedAt: instant(now()), first, last, upTo: range.upTo, sha256: range.sha256 },
      previous: before === undefined ? null : digestOf(before.sealed),
    };
    const checkpoint = await keyring.clearsign(checkpointText(instance, said), signedBy);
    // Whoever verifies looks for the end of the run among the last events before the seal.
    if (world.events - last > mostBetween / 2) throw new Error('too much happened while it was signed');
    await tell({ command: 'SealLog', ...said, signedBy, checkpoint }, duty('seal-log', `seal-${seal}`));
  };

/** What the next seal names it by, and what `sha256sum` says of its file. */
export const digestOf = ({ checkpoint }: LogSealed): Sha256 =>
  createHash('sha256').update(checkpoint).digest('hex') as Sha256;
