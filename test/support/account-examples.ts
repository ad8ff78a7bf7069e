import type {
  AccountActivated,
  AccountDisabled,
  AccountEnabled,
  AccountId,
  AccountRegistered,
  PersonErased,
  RoleChanged,
  TokenId,
  TokenIssued,
  TokenRevoked,
  UploaderApproved,
  UploaderKeySubmitted,
  UploaderRevoked,
} from '../../src/domain/account/events.ts';
import type { Role, Scope } from '../../src/domain/account/privilege.ts';
import type { Instant } from '../../src/domain/codec.ts';
import type { FileName, Fingerprint, RepositoryId } from '../../src/domain/debian/names.ts';
import { sha256 } from './fixed-examples.ts';

/* Oscar has an account, and a key of his own. */

export const oscar = '5f0c2a9be1d47836' as AccountId;
export const oscarsToken = 'c81e09d2f4ab6753' as TokenId;
export const oscarsKey = '0123456789ABCDEF0123456789ABCDEF01234567' as Fingerprint;
export const otherKey = '89ABCDEF0123456789ABCDEF0123456789ABCDEF' as Fingerprint;
export const acme = 'acme' as RepositoryId;

const about = { account: oscar };

export const registered: AccountRegistered = { type: 'AccountRegistered', ...about };
export const activated: AccountActivated = { type: 'AccountActivated', ...about };
export const becomes = (role: Role): RoleChanged => ({ type: 'RoleChanged', ...about, role });
export const disabled: AccountDisabled = { type: 'AccountDisabled', ...about };
export const enabled: AccountEnabled = { type: 'AccountEnabled', ...about };
export const tokenIssued = (scope: Scope = 'login', expiresAt = '2027-02-20T10:15:00.000Z'): TokenIssued => ({
  type: 'TokenIssued',
  ...about,
  token: oscarsToken,
  scope,
  expiresAt: expiresAt as Instant,
});
export const tokenRevoked: TokenRevoked = { type: 'TokenRevoked', ...about, token: oscarsToken };
export const keySubmitted = (fingerprint = oscarsKey, bytes = 'a key'): UploaderKeySubmitted => ({
  type: 'UploaderKeySubmitted',
  ...about,
  fingerprint,
  key: { name: `${fingerprint}.asc` as FileName, size: bytes.length, sha256: sha256(bytes) },
});
export const approved = (more: Partial<UploaderApproved> = {}): UploaderApproved => ({
  type: 'UploaderApproved',
  ...about,
  fingerprint: oscarsKey,
  repository: acme,
  suites: null,
  sources: null,
  ...more,
});
export const revoked: UploaderRevoked = { type: 'UploaderRevoked', ...about, repository: acme };
export const erased: PersonErased = { type: 'PersonErased', ...about };
