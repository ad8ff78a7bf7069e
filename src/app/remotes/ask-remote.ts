import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decode } from '../../domain/codec.ts';
import type { RemoteConfigured } from '../../domain/configuration/events.ts';
import type { Fingerprint } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import type { Remotes } from '../../ports/remotes.ts';

export type RemoteKey = { readonly fingerprint: Fingerprint; readonly armored: string };

/** `keys` are all that it signs with; of an older one there is one. */
const KeyAnswer = t.intersection([
  t.type({ publicKey: t.string }),
  t.partial({ keys: t.readonlyArray(t.type({ publicKey: t.string })) }),
]);
const StatusAnswer = t.type({ running: t.boolean, version: t.string });

/** The keys that the instance at `url` says it signs with, the newest first. Whether it is that instance is for people to compare. */
export const keysOfRemote = async (
  url: string,
  remotes: Remotes,
  keys: Pick<KeyReader, 'readKey'>,
): Promise<Either<Refusal, readonly [RemoteKey, ...RemoteKey[]]>> => {
  const answer = await remotes.ask(url, 'getkey');
  if (isLeft(answer)) return answer;
  const given = decode(KeyAnswer, answer.right);
  if (isLeft(given)) return left(strange(url, given.left));
  const [newest = given.right, ...others] = (given.right.keys ?? []).slice(-mostKeys).toReversed();
  const first = await keys.readKey(newest.publicKey);
  if (isLeft(first)) return first;
  const found: [RemoteKey, ...RemoteKey[]] = [first.right];
  for (const other of others) {
    const key = await keys.readKey(other.publicKey);
    if (isLeft(key)) return key;
    found.push(key.right);
  }
  return right(found);
};

/** More would be work that a stranger gives us. */
const mostKeys = 8;

/** What a look at a remote found; `because` where it could not be worked with. */
export type RemoteCheck = {
  readonly remote: string;
  readonly state: 'reachable' | 'stopped' | 'another key' | 'unreachable';
  readonly version: string | null;
  readonly because: Refusal | null;
};

/** Whether a remote answers, runs, and signs with the key that was compared. */
export const checkRemote = async (
  { remote, url, fingerprint }: RemoteConfigured,
  remotes: Remotes,
  keys: Pick<KeyReader, 'readKey'>,
): Promise<RemoteCheck> => {
  const status = await statusOf(url, remotes);
  if (isLeft(status)) return { remote, state: 'unreachable', version: null, because: status.left };
  const { running, version } = status.right;
  const key = await keysOfRemote(url, remotes, keys);
  if (isLeft(key)) return { remote, state: 'unreachable', version, because: key.left };
  if (!key.right.some((each) => each.fingerprint === fingerprint)) {
    const fact = `it shows the key ${key.right[0].fingerprint} instead of ${fingerprint}`;
    const because = refusal(
      'another-key',
      fact,
      'ask its administrator; if it is right, remove the remote and add it anew',
    );
    return { remote, state: 'another key', version, because };
  }
  return { remote, state: running ? 'reachable' : 'stopped', version, because: null };
};

const statusOf = async (url: string, remotes: Remotes): Promise<Either<Refusal, t.TypeOf<typeof StatusAnswer>>> => {
  const answer = await remotes.ask(url, 'status');
  if (isLeft(answer)) return answer;
  const given = decode(StatusAnswer, answer.right);
  return isLeft(given) ? left(strange(url, given.left)) : given;
};

const strange = (url: string, faults: readonly string[]): Refusal =>
  refusal('strange-remote', `${url}: ${faults.join('; ').slice(0, 200)}`, 'see that it is a mini-buildd of this kind');
