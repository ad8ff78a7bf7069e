import { instant } from '../../src/domain/codec.ts';
import { Fingerprint } from '../../src/domain/debian/names.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { Keyring, Verdict } from '../../src/ports/keyring.ts';
import { archiveFingerprint, maintainer, now, uploaderKeyring } from './fixed-examples.ts';

const header = 'SIGNED BY ';

/** What the fake takes for a clearsigned file. */
export const signed = (text: string, by: Fingerprint): string => `${header}${by}\n\n${text}`;

/** A keyring that believes what a file says of its signer; `keys` holds who is in which keyring file. */
export const fakeKeyring = (
  keys: ReadonlyMap<string, readonly Fingerprint[]> = new Map([[uploaderKeyring, [maintainer]]]),
): Keyring => ({
  verify: async (file, keyrings) =>
    verdict(
      Buffer.from(file).toString('utf8'),
      keyrings.flatMap((each) => keys.get(each) ?? []),
    ),
  signRelease: async (release) => ({ inRelease: signed(release, archiveFingerprint), detached: archiveFingerprint }),
  archiveKey: async () => ({ fingerprint: archiveFingerprint, publicKey: 'the public key\n' }),
});

const verdict = (text: string, known: readonly Fingerprint[]): Verdict => {
  const fingerprint = text.startsWith(header) ? text.slice(header.length, header.length + 40) : undefined;
  if (!Fingerprint.is(fingerprint)) return stranger(text, 'unsigned', 'the file carries no signature');
  const signedText = text.slice(text.indexOf('\n\n') + 2);
  if (!known.includes(fingerprint)) return stranger(signedText, 'unknown-key', `nobody knows the key ${fingerprint}`);
  return {
    signedText,
    signature: { status: 'good', fingerprint, signedBy: fingerprint, signedAt: instant(now), digest: 'SHA512' },
  };
};

const stranger = (signedText: string, rule: string, fact: string): Verdict => ({
  signedText,
  signature: { status: 'unauthenticated', because: refusal(rule, fact, 'sign with a key that may upload') },
});
