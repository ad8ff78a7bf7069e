import { existsSync } from 'node:fs';
import type { PrivateKey, PublicKey } from 'openpgp';
import { decodeOrThrow } from '../../domain/codec.ts';
import { Fingerprint } from '../../domain/debian/names.ts';
import type { KeyFacts, KeyReader, Keyring } from '../../ports/keyring.ts';
import { archiveKeyPath, readArchiveKey } from './archive-key.ts';
import { keyFacts } from './key-facts.ts';
import { keyringFiles } from './keyring-files.ts';
import { type Ages, ages } from './policy.ts';
import { readKey } from './read-key.ts';
import { clearsignWith, signReleaseWith } from './sign-release.ts';
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
}): Keyring & KeyReader => {
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
  /** To ask whether the archive key made a signature must not make the archive key. */
  const own = async (keyId: string): Promise<readonly PublicKey[]> => {
    if (reading === undefined && !existsSync(archiveKeyPath(keysFolder))) return [];
    const key = (await archiveKey()).toPublic();
    return key.getKeyIDs().some((id) => id.toHex() === keyId) ? [key] : [];
  };
  return {
    verify: (file, keyrings) =>
      verifyFile(file, {
        keysOf: async (keyId) => [...(await known.find(keyId, keyrings)), ...(await own(keyId))],
        now: now(),
        ages: limits,
      }),
    readKey: (text) => readKey(text, now()),
    keysIn: async (keyrings) => {
      const facts: KeyFacts[] = [];
      for (const key of await known.all(keyrings)) facts.push(await keyFacts(key, now()));
      return facts;
    },
    signRelease: async (release, date) => signReleaseWith(await archiveKey(), release, date),
    clearsign: async (text) => clearsignWith(await archiveKey(), text, now()),
    archiveKey: async () => {
      const key = await archiveKey();
      const fingerprint = decodeOrThrow(Fingerprint, key.getFingerprint().toUpperCase(), 'the archive key');
      return { fingerprint, publicKey: key.toPublic().armor() };
    },
  };
};
