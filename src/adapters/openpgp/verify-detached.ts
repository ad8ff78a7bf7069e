import { enums } from 'openpgp';
import { refusal } from '../../domain/refusal.ts';
import type { Verdict } from '../../ports/keyring.ts';
import { decodeArmor } from './armor.ts';
import { damaged, type Measure, signaturePackets, unauthenticated, weighSignatures } from './weigh-signatures.ts';

/** The verdict on a text whose signatures lie in a file beside it: one block of armor, as apt wants it (apt-secure(8)). */
export const verifyDetached = async (file: Uint8Array, signature: Uint8Array, measure: Measure): Promise<Verdict> => {
  const text = utf8(file);
  if (text === undefined) return { signature: unauthenticated(notUtf8), signedText: undefined };
  const block = armored(signature);
  const packets =
    block === undefined
      ? undefined
      : await signaturePackets(
          block,
          ({ signatureType }) => signatureType === enums.signature.binary || signatureType === enums.signature.text,
        );
  if (packets === undefined) return damaged;
  return weighSignatures(
    packets,
    ({ signatureType }) => (signatureType === enums.signature.text ? text : file),
    text,
    measure,
  );
};

const notUtf8 = refusal('not-utf-8', 'the file is not UTF-8 text', 'sign a text file');

const utf8 = (file: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    return undefined;
  }
};

/** What the one block in a file holds. */
const armored = (file: Uint8Array): Uint8Array | undefined => {
  const lines = (utf8(file) ?? '').trim().split(/\r?\n/);
  const [first, last] = [lines.at(0), lines.at(-1)];
  if (first !== '-----BEGIN PGP SIGNATURE-----' || last !== '-----END PGP SIGNATURE-----') return undefined;
  return decodeArmor(lines.slice(1, -1));
};
