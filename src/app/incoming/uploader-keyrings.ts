import { isLeft } from 'fp-ts/lib/Either.js';
import { type Configuration, resolveDistribution } from '../../domain/configuration/configuration.ts';
import { parseChanges } from '../../domain/debian/changes.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Keyring, Verdict } from '../../ports/keyring.ts';

/**
 * Verifies a `.changes` against the uploaders of the repository it is meant for. A key that only other repositories know is
 * told so: `not-authorised`.
 */
export const verifyUpload = async (
  bytes: Uint8Array,
  keyring: Keyring,
  configuration: Configuration,
): Promise<Verdict> => {
  const everybody = [...configuration.repositories.values()].flatMap(({ uploaderKeyrings }) => uploaderKeyrings);
  const verdict = await keyring.verify(bytes, [...new Set(everybody)]);
  if (verdict.signature.status !== 'good' || verdict.signedText === undefined) return verdict;
  const { fingerprint } = verdict.signature;
  const allowed = uploadersOf(verdict.signedText, configuration);
  const again = await keyring.verify(bytes, allowed.keyrings);
  if (again.signature.status === 'good') return again;
  return {
    signedText: verdict.signedText,
    signature: {
      status: 'unauthenticated',
      because: refusal(
        'not-authorised',
        `the key ${fingerprint} may upload, but not to ${allowed.repository}`,
        `ask its administrator to add the key to the uploaders of ${allowed.repository}`,
      ),
    },
  };
};

const uploadersOf = (
  text: string,
  configuration: Configuration,
): { readonly repository: string; readonly keyrings: readonly string[] } => {
  const changes = parseChanges(text);
  const target = isLeft(changes) ? changes : resolveDistribution(configuration, changes.right.distribution);
  return isLeft(target)
    ? { repository: 'this distribution', keyrings: [] }
    : {
        repository: `repository ${target.right.repository.repository}`,
        keyrings: target.right.repository.uploaderKeyrings,
      };
};
