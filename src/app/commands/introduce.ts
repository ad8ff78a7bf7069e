import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { text } from '../../domain/codec.ts';
import type { RemoteId } from '../../domain/configuration/events.ts';
import type { Fingerprint } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { placeOf, readIntroduction } from '../../domain/remote/introduction.ts';
import { anotherKey } from '../../domain/remote/remote.ts';
import { skewed } from '../../domain/remote/statement.ts';
import type { KeyReader, Keyring } from '../../ports/keyring.ts';
import type { Because, Voice } from '../../ports/tell.ts';
import { introductions } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';
import { publicKey } from './account-arguments.ts';
import { flag } from './arguments.ts';
import { type Command, command } from './command.ts';
import { heard } from './deed.ts';

type Parts = Voice & {
  readonly world: World;
  readonly keys: Pick<KeyReader, 'readKey'> & Pick<Keyring, 'verify'>;
  readonly now: () => number;
};

/** More would let strangers fill the page on which administrators look for those they know. */
const mostWaiting = 20;

/** `introduce`: another instance asks to be known here. It proves that it holds its key; whether it may come, people say. */
export const introduce = (parts: Parts): Command =>
  command({
    name: 'introduce',
    summary:
      'Asks, for another instance, to be known here: its administrator compares keys with ours before anything comes of it',
    arguments: {
      introduction: {
        codec: text('Introduction', /^(?!\s*$)[^\0]{1,4000}$/, 'a clearsigned introduction'),
        positional: true,
        short: undefined,
        multiline: true,
        fallback: undefined,
        summary: 'What it says of itself, clearsigned',
      },
      key: publicKey('The key that it is signed with'),
      'dry-run': flag('Only says what would happen', 'n'),
    },
    privilege: 'none',
    changes: true,
    run: async ({ introduction, key, 'dry-run': isDryRun }) => {
      const found = await whoComes(introduction, key, parts);
      if (isLeft(found)) return found;
      const { remote, fingerprint } = found.right;
      const known = parts.world.remotes.get(remote);
      const before = [known?.configured, known?.introduced];
      if (known === undefined && introductions(parts.world.remotes).length >= mostWaiting) return left(tooMany);
      // Also one that came with another key is told: that is worth a record, though nothing else comes of it.
      const told = await heard(parts, { 'dry-run': isDryRun })(introducing(found.right), inTheNameOf(remote));
      if (isLeft(told)) return told;
      const stands = (known?.configured ?? known?.introduced)?.fingerprint ?? fingerprint;
      if (stands !== fingerprint) return left(anotherKey(found.right, stands));
      return right({
        json: { done: !isDryRun, introduced: remote, fingerprint },
        was: before,
        plain: `${remote} ${isDryRun ? 'would ask' : 'asks'} to be known with ${fingerprint}: an administrator here has to compare it\n`,
      });
    },
  });

type Comer = { readonly remote: RemoteId; readonly url: string; readonly fingerprint: Fingerprint };

const whoComes = async (introduction: string, key: string, { keys, now }: Parts): Promise<Either<Refusal, Comer>> => {
  const read = await keys.readKey(key);
  if (isLeft(read)) return read;
  const { signature, signedText } = await keys.verify(Buffer.from(introduction), [], [read.right.armored]);
  if (signature.status !== 'good') return left(signature.because);
  const said = readIntroduction(signedText ?? '');
  if (isLeft(said)) return said;
  const skew = skewed(said.right.at, now());
  return skew === undefined ? right({ ...placeOf(said.right.http), fingerprint: read.right.fingerprint }) : left(skew);
};

const introducing = (comer: Comer) =>
  ({ command: 'IntroduceRemote', introduced: { type: 'RemoteIntroduced', ...comer } }) as const;

const inTheNameOf = (remote: RemoteId): Because => ({
  actor: { kind: 'remote', name: remote },
  causedBy: undefined,
  correlation: remote,
});

const tooMany = refusal(
  'too-many-introductions',
  `${mostWaiting} other instances wait to be known here`,
  'let an administrator here look at them: remote list',
);
