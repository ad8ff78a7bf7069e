import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { readKey as parseKey } from 'openpgp';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { KeyFacts } from '../../ports/keyring.ts';
import { decodeArmor } from './armor.ts';
import { keyBlocks } from './key-blocks.ts';
import { keyFacts } from './key-facts.ts';
import { lenient } from './policy.ts';

/**
 * A public key that somebody hands in: one armored block, nothing around it, one primary key in it, with which something can be signed
 * at `now`. `armored` is the same block with plain line ends.
 */
export const readKey = async (
  text: string,
  now: number,
): Promise<Either<Refusal, KeyFacts & { readonly armored: string }>> => {
  const lines = block(text);
  if (isLeft(lines)) return lines;
  const bytes = onlyKey(lines.right.slice(1, -1));
  if (isLeft(bytes)) return bytes;
  const key = await parseKey({ binaryKey: bytes.right, config: lenient }).catch(() => undefined);
  if (key === undefined) return left(notOneKey('the key cannot be read'));
  if (key.isPrivate()) return left(secret);
  const facts = await keyFacts(key, now);
  return facts.fault === undefined ? right({ ...facts, armored: `${lines.right.join('\n')}\n` }) : left(facts.fault);
};

const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----';
const end = '-----END PGP PUBLIC KEY BLOCK-----';

/** Largest key in characters: a dozen user ids and subkeys, without the signatures of others. */
const longest = 40_000;

const block = (text: string): Either<Refusal, readonly string[]> => {
  if (text.length > longest) {
    return left(notOneKey(`the text has ${text.length} characters, ${longest} are read`));
  }
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trimEnd());
  if (lines.some((line) => line.startsWith('-----BEGIN PGP PRIVATE'))) return left(secret);
  const marks = lines.filter((line) => line.startsWith('-----'));
  return marks.length === 2 && lines[0] === begin && lines.at(-1) === end
    ? right(lines)
    : left(notOneKey('the text is not one armored block of a public key, with nothing around it'));
};

const onlyKey = (lines: readonly string[]): Either<Refusal, Uint8Array> => {
  const bytes = decodeArmor(lines);
  if (bytes === undefined) return left(notOneKey('the armor is damaged'));
  try {
    const [first, ...others] = keyBlocks(bytes);
    if (first === undefined || others.length > 0 || first.bytes.length !== bytes.length) {
      return left(
        notOneKey(`the block holds ${others.length + (first === undefined ? 0 : 1)} public keys, or other data`),
      );
    }
    return right(bytes);
  } catch {
    return left(notOneKey('the block holds no OpenPGP data'));
  }
};

const notOneKey = (fact: string): Refusal =>
  refusal(
    'not-one-key',
    fact,
    'hand in what "gpg --armor --export-options export-minimal --export FINGERPRINT" prints',
  );

const secret = refusal(
  'secret-key',
  'this is a secret key, and it has crossed the network',
  'revoke it, make another one, and hand in its public part: gpg --armor --export FINGERPRINT',
);
