import type { PrivateKey } from 'openpgp';
import type { Fingerprint } from '../../domain/debian/names.ts';
import { makeArchiveKey, readArchiveKeys, replaceArchiveKey, syncKeys } from './archive-key-files.ts';
import { fingerprintOf } from './key-faults.ts';

export type HeldArchiveKeys = {
  /** Those of these fingerprints, in their order. Rejects, naming it, when one is not there. */
  readonly of: (fingerprints: readonly Fingerprint[]) => Promise<readonly PrivateKey[]>;
  /** Those of them that are there, as their files say now. */
  readonly anew: (fingerprints: readonly Fingerprint[]) => Promise<readonly PrivateKey[]>;
  /** Puts another edition of a key in its place, durably. */
  readonly replace: (key: PrivateKey) => Promise<void>;
  /** The oldest that is none of `known`, made when there is none. Durable when this resolves. */
  readonly besides: (known: readonly Fingerprint[]) => Promise<PrivateKey>;
};

/** Remembers keys that were read, until somebody reads them anew: a file of a key changes when the key is prolonged, by us or by hand. */
export const heldArchiveKeys = (keysFolder: string, now: () => number): HeldArchiveKeys => {
  const held = new Map<Fingerprint, PrivateKey>();
  const load = async (): Promise<readonly PrivateKey[]> => {
    const keys = await readArchiveKeys(keysFolder);
    for (const key of keys) held.set(fingerprintOf(key), key);
    return keys;
  };
  return {
    of: async (fingerprints) => {
      if (!fingerprints.every((each) => held.has(each))) await load();
      return fingerprints.map((each) => held.get(each) ?? missing(each, keysFolder));
    },
    anew: async (fingerprints) => {
      await load();
      return fingerprints.flatMap((each) => held.get(each) ?? []);
    },
    replace: async (key) => {
      await replaceArchiveKey(keysFolder, key);
      held.set(fingerprintOf(key), key);
    },
    besides: async (known) => {
      const unknown = (await load()).find((key) => !known.includes(fingerprintOf(key)));
      if (unknown === undefined) return makeArchiveKey(keysFolder, now());
      await syncKeys(keysFolder);
      return unknown;
    },
  };
};

const missing = (fingerprint: Fingerprint, keysFolder: string): never => {
  throw new Error(`the archive key ${fingerprint} is not in ${keysFolder}; restore it from a backup`);
};
