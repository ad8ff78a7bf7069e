import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Account, AccountCommand } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { LoginName, personFrom } from '../../domain/account/person.ts';
import { privilegeOf, type Role, suffices } from '../../domain/account/privilege.ts';
import { inAscii } from '../../domain/in-ascii.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { TurnedAway } from '../../ports/access.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { People } from '../../ports/people.ts';
import type { Identity } from '../../ports/sign-on.ts';
import { type Because, duty, type Tell } from '../../ports/tell.ts';
import { type Accounts, activeAdmins } from '../../projections/accounts.ts';
import { randomId } from './add-account.ts';
import { networkOf } from './network-of.ts';
import { type Rates, takeEach, toWait } from './rates.ts';

export type SignedOnParts = {
  readonly accounts: Accounts;
  readonly people: People;
  readonly read: (account: AccountId) => Promise<Account>;
  readonly tell: Tell;
  /** One at a time makes or changes accounts, whichever way. */
  readonly inTurn: InTurn;
};

/**
 * Lets somebody in whom the identity provider vouches for, and gives the secret of a session. Their account is that of issuer and subject, made at the first
 * time; a login that somebody has already is not taken over. Their role is what their groups say, at each sign-on; without any they have nothing here.
 * Where nothing was said of groups nobody is let in by that, and nothing of what they have is taken away: a provider that forgets it once would
 * disable everybody who comes.
 */
export const enterSignedOn =
  (parts: SignedOnParts) =>
  (identity: Identity): Promise<Either<Refusal, string>> =>
    parts.inTurn(async () => {
      const { issuer, subject, role, hasGroups } = identity;
      if (role === undefined && !hasGroups) return left(nothingOfGroups);
      const known = await parts.people.byIdentity(issuer, subject);
      if (role === undefined) return left(known === undefined ? noGroup : await shutOut(known, parts));
      const account = known === undefined ? await newcomer(identity, parts) : right(known);
      if (isLeft(account)) return account;
      const fault = await settle(account.right, role, hasGroups, parts);
      return fault === undefined ? right(await parts.people.openSession(account.right)) : left(fault);
    });

/**
 * First the person and whose they are, then the log: what an interruption leaves is finished by the next sign-on of the same identity. A person
 * whom another interruption left without an account is somebody else, who may still hold a link to it.
 */
const newcomer = async (
  { issuer, subject, login: written, fullName, email }: Identity,
  { people }: SignedOnParts,
): Promise<Either<Refusal, AccountId>> => {
  const login = written.toLowerCase();
  if (!LoginName.is(login)) return left(strangeLogin(written));
  const account = randomId<AccountId>();
  const person = personFrom(account, login, { fullName, email });
  return (await people.addByIdentity(person, issuer, subject)) === 'added'
    ? right(account)
    : left(refusal('login-taken', `somebody has the login "${login}"`, otherLogin));
};

const otherLogin =
  'log in by password if it is you; else ask an administrator: one login is one account, and nobody gets that of somebody else';

/** What the log says of the account is made what the identity provider says, but for who is disabled here. */
const settle = async (
  account: AccountId,
  role: Role,
  hasGroups: boolean,
  { accounts, read, tell }: SignedOnParts,
): Promise<Refusal | undefined> => {
  const because = duty('sign-on', `sign-on-${account}`);
  const present = await read(account);
  if (present.status === 'disabled' || present.status === 'erased') return disabled;
  const isKept =
    isLastAdmin(account, accounts) ||
    (!hasGroups && present.status !== 'absent' && suffices(privilegeOf(present.role), privilegeOf(role)));
  return tellEach(
    [
      { command: 'RegisterAccount', account, role, isActive: true },
      { command: 'ActivateAccount', account },
      ...(isKept ? [] : [{ command: 'ChangeRole', account, role } as const]),
    ],
    tell,
    because,
  );
};

/**
 * Who is in no group any more that may do something here, has nothing here: what they logged in with before ends as well. The last
 * administrator stays one, and comes in by password. Each step may be said again.
 */
const shutOut = async (account: AccountId, { accounts, people, read, tell }: SignedOnParts): Promise<Refusal> => {
  const present = await read(account);
  if (present.status === 'absent' || present.status === 'erased') return noGroup;
  const isLast = isLastAdmin(account, accounts);
  const fault = await tellEach(
    [
      ...(isLast ? [] : [{ command: 'DisableAccount', account } as const]),
      ...(isLast ? [] : [{ command: 'ChangeRole', account, role: 'user' } as const]),
      ...[...present.tokens].map((token) => ({ command: 'RevokeToken', account, token }) as const),
    ],
    tell,
    duty('sign-on', `sign-on-${account}`),
  );
  if (fault !== undefined) return fault;
  await people.dropTokens(account);
  await people.closeSessions(account);
  return isLast ? noGroup : noGroupAnyMore;
};

const tellEach = async (
  commands: readonly AccountCommand[],
  tell: Tell,
  because: Because,
): Promise<Refusal | undefined> => {
  for (const command of commands) {
    const said = await tell(command, because);
    if (isLeft(said)) return said.left;
  }
  return undefined;
};

const isLastAdmin = (account: AccountId, accounts: Accounts): boolean => {
  const admins = activeAdmins(accounts);
  return admins.length === 1 && admins[0] === account;
};

/** Hears that somebody leaves for the identity provider or comes back: who does so too often has to wait. */
export const signOnPace =
  ({ signOns }: Pick<Rates, 'signOns'>) =>
  (way: 'leaving' | 'back', from: string): TurnedAway | undefined =>
    toWait(takeEach([{ tries: signOns[way], key: networkOf(from) }]).wait, 'somebody signed on too often');

export const noGroup = refusal(
  'no-group',
  'none of your groups may do anything here',
  'ask the administrators, who say which groups may: MINI_BUILDD_OIDC',
);

export const nothingOfGroups = refusal(
  'groups-unsaid',
  'nothing was said of your groups, so nobody knows what you may do here; nothing was changed',
  'ask the administrators, who see to it that the identity provider sends the claim that MINI_BUILDD_OIDC names, or log in by password',
);

const noGroupAnyMore = refusal(
  'no-group',
  'none of your groups may do anything here any more, so your account is disabled',
  'ask an administrator: once your groups are right, they enable it',
);

const disabled = refusal('account-disabled', 'your account is disabled here', 'ask an administrator');

const strangeLogin = (written: string): Refusal =>
  refusal(
    'strange-login',
    `"${inAscii(written, 60)}" cannot be a login here`,
    'ask the administrators of the identity provider for a name of lower case letters, digits, "_", "." and "-", beginning with a letter',
  );
