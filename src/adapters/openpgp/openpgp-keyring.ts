import { instant } from '../../domain/codec.ts';
import type { ArchiveKeyFacts, KeyFacts, KeyReader, Keyring } from '../../ports/keyring.ts';
import { heldArchiveKeys } from './held-archive-keys.ts';
import { keyFacts } from './key-facts.ts';
import { fingerprintOf } from './key-faults.ts';
import { heldKeys, keyringFiles } from './keyring-files.ts';
import { type Ages, ages } from './policy.ts';
import { archiveKeyFacts, prolonged } from './prolong-key.ts';
import { readKey } from './read-key.ts';
import { clearsignWith, signersWith, signReleaseWith } from './sign-release.ts';
import { verifyFile } from './verify-file.ts';

/**
 * OpenPGP in this process: no agent, no gpg, no child. `keysFolder` holds the archive keys and is ours alone (0700); `now` gives
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
  const archiveKeys = heldArchiveKeys(keysFolder, now);
  return {
    verify: async (file, keyrings, keys = []) => {
      const given = keys.map((key) => heldKeys(Buffer.from(key)));
      const find = async (keyId: string) => [
        ...(await known.find(keyId, keyrings)),
        ...(await Promise.all(given.map((each) => each(keyId)))).flat(),
      ];
      return verifyFile(file, { keysOf: find, now: now(), ages: limits });
    },
    readKey: (text) => readKey(text, now()),
    keysIn: async (keyrings) => {
      const facts: KeyFacts[] = [];
      for (const key of await known.all(keyrings)) facts.push(await keyFacts(key, now()));
      return facts;
    },
    signRelease: async (release, date, by) => signReleaseWith(await archiveKeys.of(by), release, date),
    signersOfRelease: async (date, by) => signersWith(await archiveKeys.of(by), date),
    clearsign: async (text, by) => clearsignWith(await archiveKeys.of(by), text, now()),
    archiveKeys: async (by) => {
      const facts: ArchiveKeyFacts[] = [];
      for (const key of await archiveKeys.anew(by)) facts.push(await archiveKeyFacts(key, now()));
      return facts;
    },
    prolong: async (fingerprint, until) => {
      await archiveKeys.anew([fingerprint]);
      const [key] = await archiveKeys.of([fingerprint]);
      if (key === undefined) throw new Error(`the archive key ${fingerprint} is not there`);
      const before = await archiveKeyFacts(key, now());
      if (before.expiresAt === instant(until)) return before;
      const after = await prolonged(key, until, now());
      await archiveKeys.replace(after);
      return archiveKeyFacts(after, now());
    },
    newArchiveKey: async (others) => {
      const key = await archiveKeys.besides(others);
      // It may have been put there by hand.
      await clearsignWith([key], 'a trial\n', now());
      return { fingerprint: fingerprintOf(key), publicKey: key.toPublic().armor() };
    },
  };
};
