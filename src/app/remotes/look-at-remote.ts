import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import { decode, instant } from '../../domain/codec.ts';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { RemoteConfigured } from '../../domain/configuration/events.ts';
import { instanceUrl } from '../../domain/configuration/instance-address.ts';
import { shortAddress } from '../../domain/configuration/web-address.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { writeIntroduction } from '../../domain/remote/introduction.ts';
import { readStatement, type Statement, skewed } from '../../domain/remote/statement.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { Remotes } from '../../ports/remotes.ts';
import type { World } from '../../projections/world.ts';

export type LookParts = {
  readonly world: World;
  readonly remotes: Remotes;
  readonly keyring: Pick<Keyring, 'verify' | 'clearsign'>;
  readonly files: Pick<FileStore, 'path'>;
  readonly now: () => number;
};

const Answer = t.type({ statement: t.string });

/** What a remote says of itself now, signed with the key that was compared when it was added; anything else is nothing it said. */
export const lookAtRemote = async (
  { url, fingerprint, key }: RemoteConfigured,
  { remotes, keyring, files, now }: LookParts,
): Promise<Either<Refusal, Statement>> => {
  const answer = await remotes.ask(url, 'peerstatus');
  if (isLeft(answer)) return answer;
  const given = decode(Answer, answer.right);
  if (isLeft(given)) {
    const fact = `${url}: ${given.left.join('; ').slice(0, 200)}`;
    return left(refusal('strange-remote', fact, 'see that it is a mini-buildd of this kind'));
  }
  const { signature, signedText } = await keyring.verify(Buffer.from(given.right.statement), [
    await files.path(key.sha256),
  ]);
  if (signature.status !== 'good') return left(notTheirs(fingerprint, signature.because));
  const statement = readStatement(signedText ?? '');
  if (isLeft(statement)) return statement;
  const skew = skewed(statement.right.at, now());
  return skew === undefined ? statement : left(skew);
};

const notTheirs = (fingerprint: string, { rule, fact }: Refusal): Refusal =>
  rule === 'unknown-key'
    ? refusal(
        'another-key',
        `its answer is not signed with ${fingerprint}: ${fact}`,
        'ask its administrator; if it is right, remove the remote and add it anew',
      )
    : refusal(rule, `its answer: ${fact}`, 'ask its administrator');

/** Asks to be known there. It is for its administrator to compare our key. */
export const introduceOurselves = async (
  { url }: Pick<RemoteConfigured, 'url'>,
  { world, remotes, keyring, now }: LookParts,
): Promise<Either<Refusal, unknown>> => {
  const { archiveKeys } = world.configuration;
  const [newest] = signersOf(world.configuration).slice(-1);
  const key = archiveKeys.find(({ fingerprint }) => fingerprint === newest);
  if (newest === undefined || key === undefined)
    return left(refusal('no-key', 'the archive key does not exist yet', 'run: mini-buildd setup'));
  const text = writeIntroduction({ http: ownAddress(world.configuration), at: instant(now()) });
  return remotes.introduce(url, { introduction: await keyring.clearsign(text, [newest]), key: key.publicKey });
};

const ownAddress = (configuration: Configuration): string => shortAddress(instanceUrl(configuration));
