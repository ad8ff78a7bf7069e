import { isLeft } from 'fp-ts/lib/Either.js';
import type { ArchiveKey } from '../../domain/archive-key/archive-keys.ts';
import type { Instant } from '../../domain/codec.ts';
import { decodeEvent } from '../../domain/event.ts';
import { instanceStream } from '../../domain/stream.ts';
import type { Answer } from '../../ports/api.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import { heldKeyrings } from '../../projections/keyrings.ts';
import { behindNewest } from '../../projections/keyrings-owed.ts';
import type { World } from '../../projections/world.ts';

/** How an archive key stands. */
export type KeyRow = {
  readonly fingerprint: string;
  /** Fingerprints of its subkeys that sign: apt and gpgv name one of those where they miss the key. */
  readonly subkeys: readonly string[];
  readonly createdAt: Instant | null;
  readonly state: ArchiveKey['status'];
  /** When it ends by itself; `null` is never. */
  readonly expiresAt: Instant | null;
  readonly retiresAt: Instant | null;
  /** Distributions that its retirement waits for, once its date has come. */
  readonly waitsFor: readonly string[];
  readonly retiredAt: Instant | null;
  /** The keyring packages that carry it. */
  readonly keyrings: readonly { readonly distribution: string; readonly version: string }[];
};

type Parts = {
  readonly world: World;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly keys: Pick<KeyReader, 'readKey'>;
};

/** Every key there ever was, the oldest first. */
export const keyRows = async ({ world, log, keys: reader }: Parts): Promise<readonly KeyRow[]> => {
  const dates = await datesIn(log);
  const held = heldKeyrings(world);
  const behind = behindNewest(world).map(({ distribution }) => distribution);
  const rows = world.configuration.archiveKeys.map(async (key) => ({
    fingerprint: key.fingerprint,
    subkeys: await subkeysOf(key, reader),
    createdAt: dates.get(`ArchiveKeyGenerated ${key.fingerprint}`) ?? null,
    state: key.status,
    expiresAt: key.expiresAt,
    retiresAt: key.status === 'retiring' ? key.retiresAt : null,
    waitsFor: key.status === 'retiring' && key.waitsForKeyrings ? behind : [],
    retiredAt: dates.get(`ArchiveKeyRetired ${key.fingerprint}`) ?? null,
    keyrings: held
      .filter(({ keys }) => keys.includes(key.fingerprint))
      .map(({ distribution, version }) => ({ distribution, version })),
  }));
  return Promise.all(rows);
};

const subkeysOf = async ({ status, publicKey }: ArchiveKey, reader: Parts['keys']): Promise<readonly string[]> => {
  if (status === 'retired') return [];
  const read = await reader.readKey(publicKey);
  return isLeft(read) ? [] : read.right.subkeys;
};

/** When what was said of a key: `TYPE FINGERPRINT`. */
const datesIn = async (log: Parts['log']): Promise<ReadonlyMap<string, Instant>> => {
  const dates = new Map<string, Instant>();
  for (const { body, revision, recordedAt } of await log.readStream(instanceStream)) {
    const event = decodeEvent(body, `event ${revision} of ${instanceStream}`);
    if (event.type === 'ArchiveKeyGenerated' || event.type === 'ArchiveKeyRetired')
      dates.set(`${event.type} ${event.fingerprint}`, recordedAt);
  }
  return dates;
};

export const listKeys = (rows: readonly KeyRow[]): Answer => ({
  json: { keys: rows },
  plain: rows.map(paragraph).join(''),
});

const paragraph = (row: KeyRow): string =>
  [
    `${row.fingerprint}  made ${row.createdAt ?? '-'}  ${stateOf(row)}${row.expiresAt === null ? '' : `, ends on ${row.expiresAt}`}`,
    ...row.subkeys.map((subkey) => `    ${subkey}  signs for it: a subkey, and the one that apt names`),
    ...row.keyrings.map(({ distribution, version }) => `    in ${distribution} with the keyring package ${version}`),
    ...(row.waitsFor.length === 0
      ? []
      : [`    not before the keyring package of ${row.waitsFor.join(', ')} carries the newest key`]),
    '',
  ].join('\n');

const stateOf = ({ state, retiresAt, retiredAt }: KeyRow): string => {
  switch (state) {
    case 'signing':
      return 'signs';
    case 'retiring':
      return `signs, retires on ${retiresAt}`;
    case 'retired':
      return `retired on ${retiredAt}`;
  }
};
