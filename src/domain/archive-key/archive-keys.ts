import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { Instant } from '../codec.ts';
import type { Fingerprint } from '../debian/names.ts';
import type { Decider } from '../decider.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type {
  ArchiveKeyEvent,
  ArchiveKeyExpirySet,
  ArchiveKeyGenerated,
  ArchiveKeyRetirementScheduled,
} from './events.ts';
import { binaryKey } from './key-block.ts';

/** What a key is, however it stands. */
type Key = Omit<ArchiveKeyGenerated, 'type'> & {
  /** When it ends by itself; `null` is never, which is how we make them. */
  readonly expiresAt: Instant | null;
};

export type ArchiveKey = Key &
  (
    | { readonly status: 'signing' | 'retired' }
    | { readonly status: 'retiring'; readonly retiresAt: Instant; readonly waitsForKeyrings: boolean }
  );

/** Every archive key there ever was, the oldest first. */
export type ArchiveKeys = readonly ArchiveKey[];

export type ArchiveKeyCommand =
  | ({ readonly command: 'AddArchiveKey' } & Omit<ArchiveKeyGenerated, 'type'>)
  | ({ readonly command: 'SetArchiveKeyExpiry' } & Omit<ArchiveKeyExpirySet, 'type'>)
  | ({ readonly command: 'ScheduleArchiveKeyRetirement' } & Omit<ArchiveKeyRetirementScheduled, 'type'>)
  | { readonly command: 'CancelArchiveKeyRetirement'; readonly fingerprint: Fingerprint }
  /** Says what date it acts upon: one that was moved or called off meanwhile retires nothing. */
  | { readonly command: 'RetireArchiveKey'; readonly fingerprint: Fingerprint; readonly retiresAt: Instant };

type Decision = Either<Refusal, readonly ArchiveKeyEvent[]>;

/** The stream is that of the instance: what else it says is passed over. */
export const archiveKeyDecider: Decider<ArchiveKeys, ArchiveKeyCommand, ArchiveKeyEvent, Refusal> = {
  initial: [],
  evolve: (keys, event) => evolveKeys(keys, event),
  decide: (command, keys) => {
    switch (command.command) {
      case 'AddArchiveKey':
        return add(command, keys);
      case 'SetArchiveKeyExpiry':
        return setExpiry(command, keys);
      case 'ScheduleArchiveKeyRetirement':
        return schedule(command, keys);
      case 'CancelArchiveKeyRetirement':
        return cancel(command.fingerprint, keys);
      case 'RetireArchiveKey':
        return retire(command.fingerprint, command.retiresAt, keys);
    }
  },
};

export const evolveKeys = (keys: ArchiveKeys, event: { readonly type: string }): ArchiveKeys => {
  const said = event as ArchiveKeyEvent;
  switch (said.type) {
    case 'ArchiveKeyGenerated': {
      const { type: _, ...key } = said;
      return keyOf(keys, key.fingerprint) === undefined
        ? [...keys, { ...key, expiresAt: null, status: 'signing' }]
        : keys;
    }
    case 'ArchiveKeyExpirySet': {
      const { fingerprint, publicKey, expiresAt } = said;
      return keys.map((key) => (key.fingerprint === fingerprint ? { ...key, publicKey, expiresAt } : key));
    }
    case 'ArchiveKeyRetirementScheduled': {
      const { retiresAt, waitsForKeyrings } = said;
      return change(keys, said.fingerprint, (key) => ({ ...key, status: 'retiring', retiresAt, waitsForKeyrings }));
    }
    case 'ArchiveKeyRetirementCancelled':
      return change(keys, said.fingerprint, (key) => ({ ...key, status: 'signing' }));
    case 'ArchiveKeyRetired':
      return change(keys, said.fingerprint, (key) => ({ ...key, status: 'retired' }));
    default:
      return keys;
  }
};

const change = (keys: ArchiveKeys, fingerprint: Fingerprint, changed: (key: Key) => ArchiveKey): ArchiveKeys =>
  keys.map((key) => (key.fingerprint === fingerprint ? changed(bare(key)) : key));

const bare = ({ fingerprint, publicKey, expiresAt }: ArchiveKey): Key => ({ fingerprint, publicKey, expiresAt });

export const keyOf = (keys: ArchiveKeys, fingerprint: Fingerprint): ArchiveKey | undefined =>
  keys.find((key) => key.fingerprint === fingerprint);

/** Those that sign what is published, the oldest first. Also those whose end is near: they sign until it comes. */
export const signingKeys = (keys: ArchiveKeys): ArchiveKeys => keys.filter(({ status }) => status !== 'retired');

/** Their fingerprints: what is published now is signed by all of them, whatever it is. */
export const signersOf = ({ archiveKeys }: { readonly archiveKeys: ArchiveKeys }): readonly Fingerprint[] =>
  signingKeys(archiveKeys).map(({ fingerprint }) => fingerprint);

/** The one that stays: it signs what needs one signature, and cannot be retired. */
export const newestKey = (keys: ArchiveKeys): ArchiveKey | undefined => signingKeys(keys).at(-1);

const add = ({ command: _, ...key }: Extract<ArchiveKeyCommand, { command: 'AddArchiveKey' }>, keys: ArchiveKeys) =>
  right(keyOf(keys, key.fingerprint) === undefined ? [{ type: 'ArchiveKeyGenerated' as const, ...key }] : []);

const setExpiry = (
  { command: _, ...set }: Extract<ArchiveKeyCommand, { command: 'SetArchiveKeyExpiry' }>,
  keys: ArchiveKeys,
): Decision => {
  const key = keyOf(keys, set.fingerprint);
  if (key === undefined) return left(unknownKey(set.fingerprint));
  return right(isOther(key, set) ? [{ type: 'ArchiveKeyExpirySet', ...set }] : []);
};

/** Whether a key says something else of itself: another end, or other subkeys. How it is wrapped does not matter. */
export const isOther = (
  key: Pick<ArchiveKey, 'publicKey' | 'expiresAt'>,
  said: Pick<ArchiveKeyExpirySet, 'publicKey' | 'expiresAt'>,
): boolean =>
  key.expiresAt !== said.expiresAt ||
  // Asked at every event, and mostly nothing is another: the bytes are read only then.
  (key.publicKey !== said.publicKey && Buffer.compare(binaryKey(key.publicKey), binaryKey(said.publicKey)) !== 0);

const schedule = (
  { command: _, ...wanted }: Extract<ArchiveKeyCommand, { command: 'ScheduleArchiveKeyRetirement' }>,
  keys: ArchiveKeys,
): Decision => {
  const key = keyOf(keys, wanted.fingerprint);
  if (key === undefined) return left(unknownKey(wanted.fingerprint));
  if (key.status === 'retired') return left(isRetired(key));
  if (key === newestKey(keys)) return left(cannotGo(key, keys));
  const isSaid =
    key.status === 'retiring' && key.retiresAt === wanted.retiresAt && key.waitsForKeyrings === wanted.waitsForKeyrings;
  return right(isSaid ? [] : [{ type: 'ArchiveKeyRetirementScheduled', ...wanted }]);
};

const cancel = (fingerprint: Fingerprint, keys: ArchiveKeys): Decision => {
  const key = keyOf(keys, fingerprint);
  if (key === undefined) return left(unknownKey(fingerprint));
  if (key.status === 'retired') return left(isRetired(key));
  return right(key.status === 'retiring' ? [{ type: 'ArchiveKeyRetirementCancelled', fingerprint }] : []);
};

const retire = (fingerprint: Fingerprint, retiresAt: Instant, keys: ArchiveKeys): Decision => {
  const key = keyOf(keys, fingerprint);
  return right(
    key?.status === 'retiring' && key.retiresAt === retiresAt ? [{ type: 'ArchiveKeyRetired', fingerprint }] : [],
  );
};

const unknownKey = (fingerprint: Fingerprint): Refusal =>
  refusal('unknown-key', `${fingerprint} is no archive key of this instance`, 'see archivekey list');

const isRetired = ({ fingerprint }: ArchiveKey): Refusal =>
  refusal('key-retired', `${fingerprint} is retired, and does not come back`, 'make a new key: archivekey new');

const cannotGo = ({ fingerprint }: ArchiveKey, keys: ArchiveKeys): Refusal =>
  signingKeys(keys).length === 1
    ? refusal('last-key', `${fingerprint} is the only key that signs`, 'make a new one first: archivekey new')
    : refusal(
        'newest-key',
        `${fingerprint} is the newest key, to which the others give way`,
        'retire an older one, or make a new one first: archivekey new --another',
      );
