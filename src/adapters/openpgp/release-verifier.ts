import { left, right } from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../domain/reason.ts';
import { refusal } from '../../domain/refusal.ts';
import type { ReleaseVerifier } from '../../ports/upstream.ts';
import { heldKeys, keyringFiles } from './keyring-files.ts';
import { ages } from './policy.ts';
import { verifyDetached } from './verify-detached.ts';
import { verifyFile } from './verify-file.ts';

/** Verifies what archives sign. It may be old: stable releases are signed anew a few times a year, archived ones never. */
export const releaseVerifier = ({ now }: { readonly now: () => number }): ReleaseVerifier => {
  const known = keyringFiles();
  const anyAge = { ...ages, oldest: Number.POSITIVE_INFINITY };
  // By a clock that was set back to before its key was made, a signature is as of the key.
  const anyAgeAndAhead = { ...anyAge, furthestAhead: Number.POSITIVE_INFINITY };
  return {
    verifyRelease: async (signed, keys, at) => {
      try {
        const keysOf = keys.startsWith('/')
          ? (keyId: string) => known.find(keyId, [keys])
          : heldKeys(Buffer.from(keys));
        const measure = { keysOf, now: at ?? now(), ages: at === undefined ? anyAge : anyAgeAndAhead };
        const { signature, signedText } =
          'inRelease' in signed
            ? await verifyFile(signed.inRelease, measure)
            : await verifyDetached(signed.release, signed.signature, measure);
        if (signature.status !== 'good') return left(refusal(signature.because.rule, signature.because.fact, remedy));
        return signedText === undefined ? left(nothingSigned) : right(signedText);
      } catch (error) {
        const fact = reasonOf(error);
        return left(refusal('unreadable-keys', fact, 'correct the keys of the source'));
      }
    },
  };
};

const remedy = 'give the source the keys that its archive is signed with today, or choose another archive';

const nothingSigned = refusal('unsigned', 'its Release holds no signed text', remedy);
