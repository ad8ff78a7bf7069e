import * as t from 'io-ts';
import { Instant, text } from '../codec.ts';
import { DistributionName } from '../debian/distribution.ts';
import { Fingerprint, RepositoryId, SourceName, StoredFile, SuiteName } from '../debian/names.ts';
import { Role, Scope } from './privilege.ts';

/** Random: who stands behind it, only the store of personal data knows. */
export const AccountId = text('AccountId', /^[0-9a-f]{16}$/, '16 hexadecimal digits');
export type AccountId = t.TypeOf<typeof AccountId>;

/** Names a token, and opens nothing. */
export const TokenId = text('TokenId', /^[0-9a-f]{16}$/, '16 hexadecimal digits');
export type TokenId = t.TypeOf<typeof TokenId>;

/** There is an account, of a user. It may do nothing until it is activated. */
export const AccountRegistered = t.strict(
  { type: t.literal('AccountRegistered'), account: AccountId },
  'AccountRegistered',
);
export type AccountRegistered = t.TypeOf<typeof AccountRegistered>;

/** Its owner showed who they are, or an administrator vouches for them. */
export const AccountActivated = t.strict(
  { type: t.literal('AccountActivated'), account: AccountId },
  'AccountActivated',
);
export type AccountActivated = t.TypeOf<typeof AccountActivated>;

export const RoleChanged = t.strict({ type: t.literal('RoleChanged'), account: AccountId, role: Role }, 'RoleChanged');
export type RoleChanged = t.TypeOf<typeof RoleChanged>;

/** From here on nothing that belongs to it counts: password, sessions, tokens, uploader keys. */
export const AccountDisabled = t.strict({ type: t.literal('AccountDisabled'), account: AccountId }, 'AccountDisabled');
export type AccountDisabled = t.TypeOf<typeof AccountDisabled>;

export const AccountEnabled = t.strict({ type: t.literal('AccountEnabled'), account: AccountId }, 'AccountEnabled');
export type AccountEnabled = t.TypeOf<typeof AccountEnabled>;

/** A token for programs. Its secret is known to its owner alone. */
export const TokenIssued = t.strict(
  { type: t.literal('TokenIssued'), account: AccountId, token: TokenId, scope: Scope, expiresAt: Instant },
  'TokenIssued',
);
export type TokenIssued = t.TypeOf<typeof TokenIssued>;

export const TokenRevoked = t.strict(
  { type: t.literal('TokenRevoked'), account: AccountId, token: TokenId },
  'TokenRevoked',
);
export type TokenRevoked = t.TypeOf<typeof TokenRevoked>;

/** Somebody set a new password without knowing the old one. Whatever sessions and tokens there were have ended. */
export const PasswordRenewed = t.strict({ type: t.literal('PasswordRenewed'), account: AccountId }, 'PasswordRenewed');
export type PasswordRenewed = t.TypeOf<typeof PasswordRenewed>;

/** The key that its owner wants to sign uploads with. Another key than before takes every approval back. */
export const UploaderKeySubmitted = t.strict(
  {
    type: t.literal('UploaderKeySubmitted'),
    account: AccountId,
    fingerprint: Fingerprint,
    /** The public key, armored. */
    key: StoredFile,
  },
  'UploaderKeySubmitted',
);
export type UploaderKeySubmitted = t.TypeOf<typeof UploaderKeySubmitted>;

/** Uploads signed by this key are taken for the repository: for some suites and source packages, or (`null`) for all. */
export const UploaderApproved = t.strict(
  {
    type: t.literal('UploaderApproved'),
    account: AccountId,
    fingerprint: Fingerprint,
    repository: RepositoryId,
    suites: t.union([t.readonlyArray(SuiteName), t.null]),
    sources: t.union([t.readonlyArray(SourceName), t.null]),
  },
  'UploaderApproved',
);
export type UploaderApproved = t.TypeOf<typeof UploaderApproved>;

export const UploaderRevoked = t.strict(
  { type: t.literal('UploaderRevoked'), account: AccountId, repository: RepositoryId },
  'UploaderRevoked',
);
export type UploaderRevoked = t.TypeOf<typeof UploaderRevoked>;

/** Its owner wants to be told of a source package, of a distribution, or of both at once; `null` is any. */
export const SubscriptionAdded = t.strict(
  {
    type: t.literal('SubscriptionAdded'),
    account: AccountId,
    package: t.union([SourceName, t.null]),
    distribution: t.union([DistributionName, t.null]),
  },
  'SubscriptionAdded',
);
export type SubscriptionAdded = t.TypeOf<typeof SubscriptionAdded>;

export const SubscriptionRemoved = t.strict(
  {
    type: t.literal('SubscriptionRemoved'),
    account: AccountId,
    package: t.union([SourceName, t.null]),
    distribution: t.union([DistributionName, t.null]),
  },
  'SubscriptionRemoved',
);
export type SubscriptionRemoved = t.TypeOf<typeof SubscriptionRemoved>;

/** The store of personal data forgets them; what they did stays, done by a number. */
export const PersonErased = t.strict({ type: t.literal('PersonErased'), account: AccountId }, 'PersonErased');
export type PersonErased = t.TypeOf<typeof PersonErased>;

export type AccountEvent =
  | AccountRegistered
  | AccountActivated
  | RoleChanged
  | AccountDisabled
  | AccountEnabled
  | TokenIssued
  | TokenRevoked
  | PasswordRenewed
  | UploaderKeySubmitted
  | UploaderApproved
  | UploaderRevoked
  | SubscriptionAdded
  | SubscriptionRemoved
  | PersonErased;
