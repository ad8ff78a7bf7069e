import { enums } from 'openpgp';
import { refusal } from '../../domain/refusal.ts';
import type { Verdict } from '../../ports/keyring.ts';
import { frame } from './framing.ts';
import { digestName } from './policy.ts';
import { damaged, type Measure, signaturePackets, unauthenticated, weighSignatures } from './weigh-signatures.ts';

/**
 * The verdict on a clearsigned file. Text is given back when it is signed, and also when only key, digest or age are
 * not to our taste or there is no signature: the signature then says `unauthenticated`, and why. A file whose framing or arithmetic is wrong has
 * no text.
 */
export const verifyFile = async (file: Uint8Array, measure: Measure): Promise<Verdict> => {
  const framed = frame(file);
  if (framed.kind === 'refused') return { signature: unauthenticated(framed.because), signedText: undefined };
  const { text } = framed;
  if (framed.kind === 'unsigned') {
    const because = refusal('unsigned', 'the file is not signed', 'sign it with debsign');
    return { signature: unauthenticated(because), signedText: text };
  }
  // Signatures over text, made with digests that the header announces.
  const packets = await signaturePackets(
    framed.signature,
    ({ signatureType, hashAlgorithm }) =>
      signatureType === enums.signature.text && framed.hashes.includes(digestName(hashAlgorithm)),
  );
  return packets === undefined ? damaged : weighSignatures(packets, () => text, text, measure);
};
