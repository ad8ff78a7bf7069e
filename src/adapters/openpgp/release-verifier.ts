import { left, right } from 'fp-ts/lib/Either.js';
import { refusal } from '../../domain/refusal.ts';
import type { ReleaseVerifier } from '../../ports/upstream.ts';
import { heldKeys, keyringFiles } from './keyring-files.ts';
import { ages } from './policy.ts';
import { verifyFile } from './verify-file.ts';

/** Verifies what archives sign. It may be old: stable releases are signed anew a few times a year, archived ones never. */
export const releaseVerifier = ({ now }: { readonly now: () => number }): ReleaseVerifier => {
  const known = keyringFiles();
  const anyAge = { ...ages, oldest: Number.POSITIVE_INFINITY };
  return {
    verifyRelease: async (inRelease, keys) => {
      try {
        const keysOf = keys.startsWith('/')
          ? (keyId: string) => known.find(keyId, [keys])
          : heldKeys(Buffer.from(keys));
        const { signature, signedText } = await verifyFile(inRelease, keysOf, now(), anyAge);
        if (signature.status !== 'good') return left(refusal(signature.because.rule, signature.because.fact, remedy));
        return signedText === undefined ? left(nothingSigned) : right(signedText);
      } catch (error) {
        const fact = error instanceof Error ? error.message : String(error);
        return left(refusal('unreadable-keys', fact, 'correct the keys of the source'));
      }
    },
  };
};

const remedy = 'give the source the keys that its archive is signed with today, or choose another archive';

const nothingSigned = refusal('unsigned', 'its InRelease holds no signed text', remedy);
