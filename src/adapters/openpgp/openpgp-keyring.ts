import type { PrivateKey } from 'openpgp';
import { decodeOrThrow } from '../../domain/codec.ts';
import { Fingerprint } from '../../domain/debian/names.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { readArchiveKey } from './archive-key.ts';
import { keyringFiles } from './keyring-files.ts';
import { type Ages, ages } from './policy.ts';
import { signReleaseWith } from './sign-release.ts';
import { verifyFile } from './verify-file.ts';

/**
 * OpenPGP in this process: no agent, no gpg, no child. `keysFolder` holds the archive key and is ours alone (0700); `now` gives
 * milliseconds; `extraPolicy` sets other ages for signatures. `verify` rejects when a keyring file cannot be read, naming it.
 */
export const openpgpKeyring = ({
  keysFolder,
  now,
  extraPolicy = {},
}: {
  readonly keysFolder: string;
  readonly now: () => number;
  readonly extraPolicy?: Partial<Ages>;
}): Keyring => {
  const known = keyringFiles();
  const limits = { ...ages, ...extraPolicy };
  let reading: Promise<PrivateKey> | undefined;
  /** One reading for all callers; a failed one (disk full) is forgotten, so that the next call tries again. */
  const archiveKey = (): Promise<PrivateKey> => {
    reading ??= readArchiveKey(keysFolder, now()).catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
  return {
    verify: (file, keyrings) => verifyFile(file, keyrings, known, now(), limits),
    signRelease: async (release, date) => signReleaseWith(await archiveKey(), release, date),
    archiveKey: async () => {
      const key = await archiveKey();
      const fingerprint = decodeOrThrow(Fingerprint, key.getFingerprint().toUpperCase(), 'the archive key');
      return { fingerprint, publicKey: key.toPublic().armor() };
    },
  };
};
