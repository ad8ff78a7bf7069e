import { type PublicKey, readSignature, type SignaturePacket } from 'openpgp';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Signature } from '../../domain/upload/events.ts';
import type { Verdict } from '../../ports/keyring.ts';
import { judgeSignature, type Signed } from './judge-signature.ts';
import type { Ages } from './policy.ts';

/** By what signatures are judged; `keysOf` gives the keys that count by the id of one. */
export type Measure = {
  readonly keysOf: (keyId: string) => Promise<readonly PublicKey[]>;
  readonly now: number;
  readonly ages: Ages;
};

export const unauthenticated = (because: Refusal): Signature => ({ status: 'unauthenticated', because });

export const damaged: Verdict = {
  signature: unauthenticated(
    refusal(
      'malformed-signature',
      'the block of the signature does not hold one to eight signatures over text, with digests that the header names',
      'sign the file anew with debsign',
    ),
  ),
  signedText: undefined,
};

/** More would be work that a stranger gives us. */
const most = 8;

/** Signatures of version 4 that are as expected, and nothing else. `undefined` for any other bytes. */
export const signaturePackets = async (
  signature: Uint8Array,
  isExpected: (packet: SignaturePacket) => boolean,
): Promise<readonly SignaturePacket[] | undefined> => {
  const read = await readSignature({ binarySignature: signature, config: packetsAsTheyAre }).catch(() => undefined);
  const packets = [...(read?.packets ?? [])];
  const isGood = packets.every((packet) => packet.version === 4 && isExpected(packet));
  return packets.length > 0 && packets.length <= most && isGood ? packets : undefined;
};

const packetsAsTheyAre = { ignoreUnsupportedPackets: false, ignoreMalformedPackets: false };

/** The verdict on `text`, which is what the signatures are over, or what their bytes say. */
export const weighSignatures = async (
  packets: readonly SignaturePacket[],
  signedBy: (packet: SignaturePacket) => Signed,
  text: string,
  { keysOf, now, ages }: Measure,
): Promise<Verdict> => {
  const judged: Signature[] = [];
  for (const packet of packets) {
    const keys = await keysOf(packet.issuerKeyID.toHex());
    judged.push(await judgeSignature(packet, signedBy(packet), keys, now, ages));
  }
  return weigh(judged, text);
};

/** One bad signature spoils the file; else one good one is enough; else the first says why there is none. */
const weigh = (judged: readonly Signature[], text: string): Verdict => {
  const bad = judged.find((each) => each.status !== 'good' && each.because.rule === 'bad-signature');
  if (bad !== undefined) return { signature: bad, signedText: undefined };
  const signature = judged.find(({ status }) => status === 'good') ?? judged[0];
  return signature === undefined ? damaged : { signature, signedText: text };
};
