import * as t from 'io-ts';
import { Instant } from '../codec.ts';
import { Fingerprint } from '../debian/names.ts';

/** A key that signs what we publish, beside those before it. Its secret part lies in `keys/`. */
export const ArchiveKeyGenerated = t.strict(
  { type: t.literal('ArchiveKeyGenerated'), fingerprint: Fingerprint, publicKey: t.string },
  'ArchiveKeyGenerated',
);
export type ArchiveKeyGenerated = t.TypeOf<typeof ArchiveKeyGenerated>;

/** It signs until then; said again, the last word counts. */
export const ArchiveKeyRetirementScheduled = t.strict(
  {
    type: t.literal('ArchiveKeyRetirementScheduled'),
    fingerprint: Fingerprint,
    retiresAt: Instant,
    /** Whether it stays until every keyring package that machines got from here carries a newer key. */
    waitsForKeyrings: t.boolean,
  },
  'ArchiveKeyRetirementScheduled',
);
export type ArchiveKeyRetirementScheduled = t.TypeOf<typeof ArchiveKeyRetirementScheduled>;

/** It signs on, until something else is said. */
export const ArchiveKeyRetirementCancelled = t.strict(
  { type: t.literal('ArchiveKeyRetirementCancelled'), fingerprint: Fingerprint },
  'ArchiveKeyRetirementCancelled',
);
export type ArchiveKeyRetirementCancelled = t.TypeOf<typeof ArchiveKeyRetirementCancelled>;

/** Nothing is signed with it any more, and nothing that it signed is taken any more. */
export const ArchiveKeyRetired = t.strict(
  { type: t.literal('ArchiveKeyRetired'), fingerprint: Fingerprint },
  'ArchiveKeyRetired',
);
export type ArchiveKeyRetired = t.TypeOf<typeof ArchiveKeyRetired>;

/**
 * Its file says another day than was known on which it ends, or has other subkeys. From `expiresAt` on nothing is signed with it; `publicKey`
 * says so to machines.
 */
export const ArchiveKeyExpirySet = t.strict(
  {
    type: t.literal('ArchiveKeyExpirySet'),
    fingerprint: Fingerprint,
    publicKey: t.string,
    /** `null` is never. */
    expiresAt: t.union([Instant, t.null]),
  },
  'ArchiveKeyExpirySet',
);
export type ArchiveKeyExpirySet = t.TypeOf<typeof ArchiveKeyExpirySet>;

export type ArchiveKeyEvent =
  | ArchiveKeyExpirySet
  | ArchiveKeyGenerated
  | ArchiveKeyRetirementScheduled
  | ArchiveKeyRetirementCancelled
  | ArchiveKeyRetired;
