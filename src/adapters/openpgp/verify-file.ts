import { enums, type PublicKey, readSignature, type SignaturePacket } from 'openpgp';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Signature } from '../../domain/upload/events.ts';
import type { Verdict } from '../../ports/keyring.ts';
import { type Framed, frame } from './framing.ts';
import { judgeSignature } from './judge-signature.ts';
import { type Ages, digestName } from './policy.ts';

/**
 * The verdict on a clearsigned file; `keysOf` gives the keys that count by the id of one. Text is given back when it is signed, and also when only key, digest or age are
 * not to our taste or there is no signature: the signature then says `unauthenticated`, and why. A file whose framing or arithmetic is wrong has
 * no text.
 */
export const verifyFile = async (
  file: Uint8Array,
  keysOf: (keyId: string) => Promise<readonly PublicKey[]>,
  now: number,
  ages: Ages,
): Promise<Verdict> => {
  const framed = frame(file);
  if (framed.kind === 'refused') return { signature: unauthenticated(framed.because), signedText: undefined };
  if (framed.kind === 'unsigned') {
    const because = refusal('unsigned', 'the file is not signed', 'sign it with debsign');
    return { signature: unauthenticated(because), signedText: framed.text };
  }
  const packets = await signaturePackets(framed);
  if (packets === undefined) return { signature: unauthenticated(damaged), signedText: undefined };
  const judged: Signature[] = [];
  for (const packet of packets) {
    const keys = await keysOf(packet.issuerKeyID.toHex());
    judged.push(await judgeSignature(packet, framed.text, keys, now, ages));
  }
  return weigh(judged, framed.text);
};

/** One bad signature spoils the file; else one good one is enough; else the first says why there is none. */
const weigh = (judged: readonly Signature[], text: string): Verdict => {
  const bad = judged.find((each) => each.status !== 'good' && each.because.rule === 'bad-signature');
  if (bad !== undefined) return { signature: bad, signedText: undefined };
  const signature = judged.find(({ status }) => status === 'good') ?? judged[0];
  return signature === undefined
    ? { signature: unauthenticated(damaged), signedText: undefined }
    : { signature, signedText: text };
};

const unauthenticated = (because: Refusal): Signature => ({ status: 'unauthenticated', because });

const damaged = refusal(
  'malformed-signature',
  'the block of the signature does not hold one to eight signatures over text, with digests that the header names',
  'sign the file anew with debsign',
);

/** More would be work that a stranger gives us. */
const most = 8;

/**
 * Signatures over text (type 1) of version 4 and nothing else, made with digests that the header announces. `undefined` for any other bytes.
 */
const signaturePackets = async (
  framed: Extract<Framed, { kind: 'signed' }>,
): Promise<readonly SignaturePacket[] | undefined> => {
  const signature = await readSignature({ binarySignature: framed.signature, config: packetsAsTheyAre }).catch(
    () => undefined,
  );
  const packets = [...(signature?.packets ?? [])];
  const expected = (packet: SignaturePacket): boolean =>
    packet.version === 4 &&
    packet.signatureType === enums.signature.text &&
    framed.hashes.includes(digestName(packet.hashAlgorithm));
  return packets.length > 0 && packets.length <= most && packets.every(expected) ? packets : undefined;
};

const packetsAsTheyAre = { ignoreUnsupportedPackets: false, ignoreMalformedPackets: false };
