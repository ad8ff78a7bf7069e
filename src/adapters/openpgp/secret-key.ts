import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type PrivateKey, readPrivateKeys } from 'openpgp';
import type { Fingerprint } from '../../domain/debian/names.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { addArchiveKey } from './archive-key-files.ts';
import { fingerprintOf, full, keyWeakness } from './key-faults.ts';
import { lenient } from './policy.ts';
import { clearsignWith } from './sign-release.ts';

/** The secret half of a key that was made elsewhere. */
export type SecretKey = {
  readonly fingerprint: Fingerprint;
  readonly publicKey: string;
  readonly armored: string;
  /** Makes it one of the archive keys in a folder, durably. */
  readonly keepIn: (keysFolder: string) => Promise<void>;
};

const signAnew =
  'apt believes nothing that it signs: sign the repository anew by a key of RSA 3072 or Ed25519, or take what nobody vouches for: --unsigned';

const otherThanOne = (keys: readonly PrivateKey[]): Refusal =>
  refusal(
    'several-keys',
    `there are ${keys.length} secret keys: ${keys.map(fingerprintOf).join(', ')}`,
    'give the one that signs the repository: gpg --armor --export-secret-keys FINGERPRINT',
  );

/** Reads what `gpg --armor --export-secret-keys` wrote: one key, which can sign as it is. */
export const readSecretKey = async (armoredKey: string): Promise<Either<Refusal, SecretKey>> => {
  try {
    const [key, ...others] = await readPrivateKeys({ armoredKeys: armoredKey });
    if (key === undefined || others.length > 0)
      return left(otherThanOne([key, ...others].flatMap((each) => each ?? [])));
    if (!key.isDecrypted())
      return left(
        refusal(
          'locked-key',
          `the key ${fingerprintOf(key)} has a passphrase`,
          'export it without: gpg --edit-key, passwd',
        ),
      );
    const signer = await key.getSigningKey(undefined, undefined, undefined, full(lenient));
    const weak = keyWeakness(key.toPublic(), signer);
    if (weak !== undefined) return left({ ...weak, remedy: signAnew });
    await clearsignWith([key], 'a trial\n', Date.now());
    return right({
      fingerprint: fingerprintOf(key),
      publicKey: key.toPublic().armor(),
      armored: key.armor(),
      keepIn: (keysFolder) => addArchiveKey(keysFolder, key),
    });
  } catch (error) {
    return left(
      refusal('unreadable-key', reasonOf(error), 'give one secret key that can sign: gpg --armor --export-secret-keys'),
    );
  }
};
