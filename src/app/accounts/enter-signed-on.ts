import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Account } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { EmailAddress, FullName, LoginName } from '../../domain/account/person.ts';
import type { Role } from '../../domain/account/privilege.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { People } from '../../ports/people.ts';
import type { Identity } from '../../ports/sign-on.ts';
import { duty, type Tell } from '../../ports/tell.ts';
import type { Accounts } from '../../projections/accounts.ts';
import { accountFor } from './add-account.ts';

export type SignedOnParts = {
  readonly accounts: Accounts;
  readonly people: People;
  readonly read: (account: AccountId) => Promise<Account>;
  readonly tell: Tell;
  /** One sign-on at a time makes accounts. */
  readonly inTurn: InTurn;
};

/**
 * Lets somebody in whom the identity provider vouches for, and gives the secret of a session. Their account is that of issuer and subject, made at the first
 * time; a login that somebody has already is not taken over. Their role is what their groups say, at each sign-on.
 */
export const enterSignedOn =
  (parts: SignedOnParts) =>
  (identity: Identity): Promise<Either<Refusal, string>> =>
    parts.inTurn(async () => {
      const { role } = identity;
      if (role === undefined) return left(noGroup);
      const account = await accountOf(identity, parts);
      if (isLeft(account)) return account;
      const fault = await settle(account.right, role, parts);
      return fault === undefined ? right(await parts.people.openSession(account.right)) : left(fault);
    });

/** First the person, then whose they are, then the log: what an interruption leaves is finished by the next sign-on. */
const accountOf = async (
  { issuer, subject, login: written, fullName, email }: Identity,
  { people, read }: SignedOnParts,
): Promise<Either<Refusal, AccountId>> => {
  const known = await people.byIdentity(issuer, subject);
  if (known !== undefined) return right(known);
  const login = written.toLowerCase();
  if (!LoginName.is(login)) return left(strangeLogin(written));
  const account = await accountFor(login, people, read);
  if (isLeft(account)) return left({ ...account.left, remedy: otherLogin });
  const added = await people.add({
    account: account.right,
    login,
    fullName: FullName.is(fullName) ? fullName : ('' as FullName),
    email: EmailAddress.is(email) ? email : ('' as EmailAddress),
  });
  if (added === 'login-taken') return left(refusal('login-taken', `somebody has the login "${login}"`, otherLogin));
  await people.addIdentity(account.right, issuer, subject);
  return account;
};

const otherLogin =
  'log in by password if it is you; else ask an administrator: one login is one account, and nobody gets that of somebody else';

/** What the log says of the account is made what the identity provider says, but for who is disabled here. */
const settle = async (
  account: AccountId,
  role: Role,
  { accounts, read, tell }: SignedOnParts,
): Promise<Refusal | undefined> => {
  const because = duty('sign-on', `sign-on-${account}`);
  const present = await read(account);
  if (present.status === 'disabled' || present.status === 'erased') return disabled;
  const isLastAdmin =
    present.status === 'active' &&
    present.role === 'admin' &&
    ![...accounts].some(([other, story]) => other !== account && story.status === 'active' && story.role === 'admin');
  const commands = [
    { command: 'RegisterAccount', account, role, isActive: true },
    { command: 'ActivateAccount', account },
    ...(isLastAdmin ? [] : [{ command: 'ChangeRole', account, role } as const]),
  ] as const;
  for (const command of commands) {
    const said = await tell(command, because);
    if (isLeft(said)) return said.left;
  }
  return undefined;
};

const noGroup = refusal(
  'no-group',
  'none of your groups may do anything here',
  'ask the administrators, who say which groups may: MINI_BUILDD_OIDC',
);

const disabled = refusal('account-disabled', 'your account is disabled here', 'ask an administrator');

const strangeLogin = (written: string): Refusal =>
  refusal(
    'strange-login',
    `"${written.replace(/[^\x20-\x7E]+/g, ' ').slice(0, 60)}" cannot be a login here`,
    'ask the administrators of the identity provider for a name of lower case letters, digits, "_", "." and "-", beginning with a letter',
  );
