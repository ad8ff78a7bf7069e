import type { PrivateKey } from 'openpgp';
import type { Fingerprint } from '../../domain/debian/names.ts';
import { makeArchiveKey, readArchiveKeys, syncKeys } from './archive-key-files.ts';
import { fingerprintOf } from './key-faults.ts';

export type HeldArchiveKeys = {
  /** Those of these fingerprints, in their order. Rejects, naming it, when one is not there. */
  readonly of: (fingerprints: readonly Fingerprint[]) => Promise<readonly PrivateKey[]>;
  /** The oldest that is none of `known`, made when there is none. Durable when this resolves. */
  readonly besides: (known: readonly Fingerprint[]) => Promise<PrivateKey>;
};

/** Remembers keys that were read once: a file of a key never changes. */
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
