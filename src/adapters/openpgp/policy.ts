import { type AlgorithmInfo, type enums as Enums, enums, type PartialConfig } from 'openpgp';

/** How old a signature may be, and how far ahead of our clock, in milliseconds. */
export type Ages = { readonly oldest: number; readonly furthestAhead: number };

const day = 86_400_000;

/**
 * A signature older than a year is a replay or an accident (nobody signs an upload and keeps it for a year); a day ahead
 * allows for clocks that are off.
 */
export const ages: Ages = { oldest: 365 * day, furthestAhead: day };

/**
 * What apt accepts since 2026-02 (`default-sequoia.config`), which both gpgv and the library's own defaults fall short
 * of: gpgv takes SHA-1, DSA and RSA of 1024 bits, the library SHA-224 and keys that vouch for themselves with SHA-1.
 */
const digests: ReadonlySet<Enums.hash> = new Set([
  enums.hash.sha256,
  enums.hash.sha384,
  enums.hash.sha512,
  enums.hash.sha3_256,
  enums.hash.sha3_512,
]);

/** As the `Hash` header and people call it: `SHA256`. `digest N` for a number without a name. */
export const digestName = (digest: number | null): string => {
  switch (digest) {
    case enums.hash.ripemd:
      return 'RIPEMD160';
    case enums.hash.sha3_256:
      return 'SHA3-256';
    case enums.hash.sha3_512:
      return 'SHA3-512';
    default:
      return (
        Object.entries(enums.hash)
          .find(([, number]) => number === digest)?.[0]
          .toUpperCase() ?? `digest ${digest}`
      );
  }
};

export const isStrongDigest = (digest: number | null): boolean => digest !== null && digests.has(digest);

const curves = ['nistP256', 'nistP384', 'nistP521', 'ed25519Legacy', 'ed25519'];

/** Why a key is too weak, or a kind we do not verify; `undefined` when it is strong enough. */
export const weakness = ({ algorithm, bits, curve }: AlgorithmInfo): string | undefined => {
  switch (algorithm) {
    case 'rsaEncryptSign':
    case 'rsaSign':
      return (bits ?? 0) >= 2048 ? undefined : `RSA of ${bits} bits`;
    case 'ecdsa':
    case 'eddsaLegacy':
      return curve !== undefined && curves.includes(curve) ? undefined : `${algorithm} on the curve ${curve}`;
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return algorithm;
  }
};

/** For what a key says of itself and its subkeys: the same digests. */
export const strict: PartialConfig = {
  minRSABits: 2048,
  rejectHashAlgorithms: new Set([enums.hash.md5, enums.hash.sha1, enums.hash.ripemd, enums.hash.sha224]),
  allowInsecureVerificationWithReformattedKeys: false,
};

/** For arithmetic alone, and for revocations: one that was made with SHA-1 is believed nevertheless. */
export const lenient: PartialConfig = {
  minRSABits: 0,
  rejectHashAlgorithms: new Set(),
  rejectMessageHashAlgorithms: new Set(),
  rejectPublicKeyAlgorithms: new Set(),
};
