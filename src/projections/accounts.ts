import type { Caller } from '../domain/account/caller.ts';
import type { AccountEvent, AccountId, TokenId } from '../domain/account/events.ts';
import { lesser, type Privilege, privilegeOf, type Role, type Scope } from '../domain/account/privilege.ts';
import { type Subscription, subscriptionText } from '../domain/account/subscription.ts';
import type { Viewer } from '../domain/account/viewer.ts';
import type { Instant } from '../domain/codec.ts';
import type { Fingerprint, RepositoryId, Sha256, StoredFile } from '../domain/debian/names.ts';
import type { Approval } from '../domain/upload/authorisation.ts';
import { without } from '../domain/without.ts';
import type { Recorded } from './recorded.ts';

/** Every account there ever was, by its id. Folded in place. */
export type Accounts = Map<AccountId, AccountStory>;

export type AccountStory = {
  readonly status: 'registered' | 'active' | 'disabled' | 'erased';
  readonly role: Role;
  readonly registeredAt: Instant;
  /** When somebody set a new password without knowing the old one. */
  readonly passwordRenewedAt: Instant | undefined;
  /** Without the revoked ones; those that ran out are among them. */
  readonly tokens: ReadonlyMap<TokenId, IssuedToken>;
  readonly key: { readonly fingerprint: Fingerprint; readonly file: StoredFile } | undefined;
  /** Every key that staff once said is theirs, whatever became of that: what was done with it stays theirs. */
  readonly keysOfTheirs: ReadonlySet<Fingerprint>;
  /** Of every key that was ever handed in. */
  readonly keyFiles: ReadonlySet<Sha256>;
  readonly uploadsTo: ReadonlyMap<RepositoryId, Approval>;
  /** By `PACKAGE:DISTRIBUTION`. */
  readonly subscriptions: ReadonlyMap<string, Subscription>;
};

export type IssuedToken = { readonly scope: Scope; readonly issuedAt: Instant; readonly expiresAt: Instant };

export const noAccounts = (): Accounts => new Map();

export const foldAccounts = (accounts: Accounts, { event, recordedAt }: Recorded): void => {
  if (!('account' in event)) return;
  if (event.type === 'AccountRegistered') accounts.set(event.account, registered(recordedAt));
  const story = accounts.get(event.account);
  if (story !== undefined) accounts.set(event.account, { ...story, ...changed(story, event, recordedAt) });
};

const registered = (registeredAt: Instant): AccountStory => ({
  status: 'registered',
  role: 'user',
  registeredAt,
  passwordRenewedAt: undefined,
  keyFiles: new Set(),
  ...nothingHeld,
});

const nothingHeld = {
  tokens: new Map(),
  key: undefined,
  keysOfTheirs: new Set<Fingerprint>(),
  uploadsTo: new Map(),
  subscriptions: new Map(),
} as const;

const changed = (story: AccountStory, event: AccountEvent, recordedAt: Instant): Partial<AccountStory> => {
  switch (event.type) {
    case 'AccountRegistered':
      return {};
    case 'PasswordRenewed':
      return { passwordRenewedAt: recordedAt };
    case 'AccountActivated':
    case 'AccountEnabled':
      return { status: 'active' };
    case 'RoleChanged':
      return { role: event.role };
    case 'AccountDisabled':
      return { status: 'disabled' };
    case 'TokenIssued': {
      const { scope, expiresAt } = event;
      return { tokens: new Map(story.tokens).set(event.token, { scope, issuedAt: recordedAt, expiresAt }) };
    }
    case 'TokenRevoked':
      return { tokens: without(story.tokens, event.token) };
    case 'UploaderKeySubmitted': {
      const isSame = story.key?.fingerprint === event.fingerprint;
      const key = { fingerprint: event.fingerprint, file: event.key };
      return {
        key,
        keyFiles: new Set([...story.keyFiles, event.key.sha256]),
        uploadsTo: isSame ? story.uploadsTo : new Map(),
      };
    }
    case 'UploaderApproved': {
      const { suites, sources, fingerprint } = event;
      return {
        uploadsTo: new Map(story.uploadsTo).set(event.repository, { suites, sources }),
        keysOfTheirs: new Set([...story.keysOfTheirs, fingerprint]),
      };
    }
    case 'UploaderRevoked':
      return { uploadsTo: without(story.uploadsTo, event.repository) };
    case 'SubscriptionAdded': {
      const { package: source, distribution } = event;
      const wanted = { package: source, distribution };
      return { subscriptions: new Map(story.subscriptions).set(subscriptionText(wanted), wanted) };
    }
    case 'SubscriptionRemoved':
      return { subscriptions: without(story.subscriptions, subscriptionText(event)) };
    case 'PersonErased':
      return { status: 'erased', ...nothingHeld };
  }
};

/** What an account may do right now. */
export const privilegeOfAccount = (accounts: Accounts, account: AccountId): Privilege => {
  const story = accounts.get(account);
  return story?.status === 'active' ? privilegeOf(story.role) : 'none';
};

/** What somebody with this token may do at `now`: no more than its account may, and no more than it is for. */
export const privilegeOfToken = (accounts: Accounts, account: AccountId, token: TokenId, now: Instant): Privilege => {
  const issued = accounts.get(account)?.tokens.get(token);
  return issued !== undefined && now < issued.expiresAt
    ? lesser<Privilege>(privilegeOfAccount(accounts, account), issued.scope)
    : 'none';
};

/** What a caller may see of history right now, and as whom: an account that was disabled since sees what strangers see. */
export const viewerOf = (accounts: Accounts, { actor, privilege }: Caller): Viewer => {
  if (actor.kind !== 'account') return { privilege, names: new Set() };
  const account = actor.name as AccountId;
  const present = lesser(privilege, privilegeOfAccount(accounts, account));
  // Anybody may hand in anybody's public key: whose it is staff has said who let it upload.
  const { key: submitted, uploadsTo } = accounts.get(account) ?? {};
  const key = uploadsTo !== undefined && uploadsTo.size > 0 ? submitted?.fingerprint : undefined;
  return {
    privilege: present,
    names: new Set(present === 'none' ? [] : [account, ...(key === undefined ? [] : [key])]),
  };
};

export const activeAdmins = (accounts: Accounts): readonly AccountId[] =>
  [...accounts].flatMap(([account, { status, role }]) => (status === 'active' && role === 'admin' ? [account] : []));

export type ApprovedUploader = Approval & {
  readonly account: AccountId;
  readonly fingerprint: Fingerprint;
  readonly file: StoredFile;
};

/** Every key that somebody handed in, whatever may be done with it. */
export const submittedKeys = (accounts: Accounts): readonly StoredFile[] =>
  [...accounts.values()].flatMap(({ key }) => (key === undefined ? [] : [key.file]));

/** The accounts that handed this key in, or another copy of it. */
export const accountsWithKey = (accounts: Accounts, fingerprint: Fingerprint): readonly AccountStory[] =>
  [...accounts.values()].filter(({ key }) => key?.fingerprint === fingerprint);

/** Whose signatures a repository takes uploads with. */
export const approvedUploaders = (accounts: Accounts, repository: RepositoryId): readonly ApprovedUploader[] =>
  [...accounts].flatMap(([account, { status, key, uploadsTo }]) => {
    const approval = uploadsTo.get(repository);
    return status === 'active' && key !== undefined && approval !== undefined
      ? [{ account, ...key, suites: approval.suites, sources: approval.sources }]
      : [];
  });

/**
 * Accounts in use whose key this is: staff approved it for something. That somebody handed it in proves nothing, and what is told to its
 * owner would be told to them.
 */
export const ownersOf = (accounts: Accounts, fingerprint: Fingerprint): readonly AccountId[] =>
  [...accounts].flatMap(([account, { status, key, uploadsTo }]) =>
    status === 'active' && key?.fingerprint === fingerprint && uploadsTo.size > 0 ? [account] : [],
  );
