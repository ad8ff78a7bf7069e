import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Fingerprint, RepositoryId } from '../debian/names.ts';
import type { Decider } from '../decider.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { isSame } from '../same.ts';
import type {
  AccountEvent,
  AccountId,
  TokenId,
  TokenIssued,
  UploaderApproved,
  UploaderKeySubmitted,
} from './events.ts';
import { privilegeOf, type Role, suffices } from './privilege.ts';
import { type Subscription, subscriptionText } from './subscription.ts';

export type Account =
  | { readonly status: 'absent' }
  | ({ readonly status: 'registered' | 'active' | 'disabled' } & Standing)
  | { readonly status: 'erased' };

type Standing = {
  readonly role: Role;
  /** Without the revoked ones; those that ran out are among them. */
  readonly tokens: ReadonlySet<TokenId>;
  readonly key: { readonly fingerprint: Fingerprint; readonly sha256: string } | undefined;
  readonly approvals: ReadonlyMap<RepositoryId, UploaderApproved>;
  /** As `PACKAGE:DISTRIBUTION`. */
  readonly subscriptions: ReadonlySet<string>;
};

/** With `isActive` an administrator vouches for who is registered. */
export type AccountCommand = {
  readonly account: AccountId;
} & (
  | { readonly command: 'RegisterAccount'; readonly role: Role; readonly isActive: boolean }
  | { readonly command: 'ActivateAccount' }
  | { readonly command: 'ChangeRole'; readonly role: Role }
  | { readonly command: 'DisableAccount' }
  | { readonly command: 'EnableAccount' }
  | { readonly command: 'IssueToken'; readonly issued: TokenIssued }
  | { readonly command: 'RevokeToken'; readonly token: TokenId }
  | { readonly command: 'RenewPassword' }
  | { readonly command: 'SubmitUploaderKey'; readonly submitted: UploaderKeySubmitted }
  | { readonly command: 'ApproveUploader'; readonly approved: UploaderApproved }
  | { readonly command: 'RevokeUploader'; readonly repository: RepositoryId }
  | ({ readonly command: 'AddSubscription' } & Subscription)
  | ({ readonly command: 'RemoveSubscription' } & Subscription)
  | { readonly command: 'ErasePerson' }
);

/** Tokens that one account may hold. */
const mostTokens = 100;

/** Subscriptions of one account: each event is held against all of them. */
const mostSubscriptions = 500;

export const accountDecider: Decider<Account, AccountCommand, AccountEvent, Refusal> = {
  initial: { status: 'absent' },
  evolve: (account, event) => evolve(account, event),
  decide: (command, account) => {
    if (command.command === 'RegisterAccount') return register(command, account);
    switch (account.status) {
      case 'absent':
        return left(unknown);
      case 'erased':
        return command.command === 'ErasePerson' ? right([]) : left(unknown);
      default:
        return decide(command, account);
    }
  },
};

type Known = Extract<Account, Standing>;
type Decision = Either<Refusal, readonly AccountEvent[]>;

const evolve = (account: Account, event: AccountEvent): Account => {
  if (event.type === 'AccountRegistered') return registered;
  if (account.status === 'absent' || account.status === 'erased') return account;
  switch (event.type) {
    case 'AccountActivated':
    case 'AccountEnabled':
      return { ...account, status: 'active' };
    case 'RoleChanged':
      return { ...account, role: event.role };
    case 'AccountDisabled':
      return { ...account, status: 'disabled' };
    case 'TokenIssued':
      return { ...account, tokens: new Set([...account.tokens, event.token]) };
    case 'TokenRevoked':
      return { ...account, tokens: new Set([...account.tokens].filter((token) => token !== event.token)) };
    case 'PasswordRenewed':
      return account;
    case 'UploaderKeySubmitted':
      return keyed(account, event);
    case 'UploaderApproved':
      return { ...account, approvals: new Map(account.approvals).set(event.repository, event) };
    case 'UploaderRevoked':
      return {
        ...account,
        approvals: new Map([...account.approvals].filter(([repository]) => repository !== event.repository)),
      };
    case 'SubscriptionAdded':
      return { ...account, subscriptions: new Set([...account.subscriptions, subscriptionText(event)]) };
    case 'SubscriptionRemoved':
      return {
        ...account,
        subscriptions: new Set([...account.subscriptions].filter((each) => each !== subscriptionText(event))),
      };
    case 'PersonErased':
      return { status: 'erased' };
  }
};

const registered: Account = {
  status: 'registered',
  role: 'user',
  tokens: new Set(),
  key: undefined,
  approvals: new Map(),
  subscriptions: new Set(),
};

const keyed = (account: Known, { fingerprint, key }: UploaderKeySubmitted): Known => ({
  ...account,
  key: { fingerprint, sha256: key.sha256 },
  approvals: account.key?.fingerprint === fingerprint ? account.approvals : new Map(),
});

type Registration = Extract<AccountCommand, { command: 'RegisterAccount' }>;

const register = ({ account, role, isActive }: Registration, { status }: Account): Decision => {
  if (status === 'erased') return left(unknown);
  if (status !== 'absent') return right([]);
  const events: readonly (AccountEvent | false)[] = [
    { type: 'AccountRegistered', account },
    role !== 'user' && { type: 'RoleChanged', account, role },
    isActive && { type: 'AccountActivated', account },
  ];
  return right(events.filter((event) => event !== false));
};

const decide = (command: Exclude<AccountCommand, { command: 'RegisterAccount' }>, known: Known): Decision => {
  const { account } = command;
  switch (command.command) {
    case 'ActivateAccount':
      return known.status === 'disabled'
        ? left(disabled)
        : right(known.status === 'active' ? [] : [{ type: 'AccountActivated', account }]);
    case 'ChangeRole':
      return right(known.role === command.role ? [] : [{ type: 'RoleChanged', account, role: command.role }]);
    case 'DisableAccount':
      return right(known.status === 'disabled' ? [] : [{ type: 'AccountDisabled', account }]);
    case 'EnableAccount':
      return right(known.status === 'disabled' ? [{ type: 'AccountEnabled', account }] : []);
    case 'IssueToken':
      return issue(command.issued, known);
    case 'RevokeToken':
      return right(known.tokens.has(command.token) ? [{ type: 'TokenRevoked', account, token: command.token }] : []);
    case 'RenewPassword':
      return right([
        { type: 'PasswordRenewed', account },
        ...[...known.tokens].map((token) => ({ type: 'TokenRevoked' as const, account, token })),
      ]);
    case 'SubmitUploaderKey':
      return submit(command.submitted, known);
    case 'ApproveUploader':
      return approve(command.approved, known);
    case 'RevokeUploader':
      return right(
        known.approvals.has(command.repository)
          ? [{ type: 'UploaderRevoked', account, repository: command.repository }]
          : [],
      );
    case 'AddSubscription':
      return subscribe(command, known);
    case 'RemoveSubscription':
      return right(
        known.subscriptions.has(subscriptionText(command))
          ? [{ type: 'SubscriptionRemoved', account, package: command.package, distribution: command.distribution }]
          : [],
      );
    case 'ErasePerson':
      return known.status === 'disabled' ? right([{ type: 'PersonErased', account }]) : left(stillEnabled);
  }
};

const issue = (issued: TokenIssued, { status, role, tokens }: Known): Decision => {
  if (status !== 'active') return left(status === 'disabled' ? disabled : inactive);
  if (!suffices(privilegeOf(role), issued.scope)) {
    return left(
      refusal(
        'scope-above-role',
        `the role "${role}" does not reach as far as the scope "${issued.scope}"`,
        `ask for the scope "${privilegeOf(role)}" or less`,
      ),
    );
  }
  if (tokens.has(issued.token)) return right([]);
  return tokens.size < mostTokens
    ? right([issued])
    : left(refusal('too-many-tokens', `the account holds ${tokens.size} tokens`, 'revoke those not in use'));
};

const submit = (submitted: UploaderKeySubmitted, { status, key }: Known): Decision => {
  if (status === 'disabled') return left(disabled);
  return right(key?.fingerprint === submitted.fingerprint && key.sha256 === submitted.key.sha256 ? [] : [submitted]);
};

/** Who approves has looked at one key: if there is another one by now, that one is not meant. */
const approve = (approved: UploaderApproved, { status, key, approvals }: Known): Decision => {
  if (status === 'disabled') return left(disabled);
  if (key?.fingerprint !== approved.fingerprint) {
    return left(
      refusal(
        'other-key',
        `the key of this account is ${key?.fingerprint ?? 'not submitted yet'}, not ${approved.fingerprint}`,
        'look at the key again, and approve that one if it is right',
      ),
    );
  }
  return right(isSame(approvals.get(approved.repository), approved) ? [] : [approved]);
};

const subscribe = (
  { account, package: source, distribution }: Extract<AccountCommand, { command: 'AddSubscription' }>,
  { status, subscriptions }: Known,
): Decision => {
  if (status !== 'active') return left(status === 'disabled' ? disabled : inactive);
  if (subscriptions.has(subscriptionText({ package: source, distribution }))) return right([]);
  return subscriptions.size < mostSubscriptions
    ? right([{ type: 'SubscriptionAdded', account, package: source, distribution }])
    : left(
        refusal(
          'too-many-subscriptions',
          `the account holds ${subscriptions.size} subscriptions`,
          'remove some, or subscribe to any package of a distribution',
        ),
      );
};

const unknown = refusal('no-account', 'there is no such account', 'see the list of accounts');
const disabled = refusal('account-disabled', 'the account is disabled', 'enable it first');
const inactive = refusal('account-inactive', 'the account is not activated yet', 'activate it first');
const stillEnabled = refusal(
  'still-enabled',
  'the account is in use',
  'disable it first; what is erased never returns',
);
