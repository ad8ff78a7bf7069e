import { randomBytes } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Account } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import type { LoginName, Password, Person } from '../../domain/account/person.ts';
import type { Role } from '../../domain/account/privilege.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { People } from '../../ports/people.ts';
import type { Because, Tell } from '../../ports/tell.ts';

export type NewAccount = Omit<Person, 'account'> & { readonly role: Role; readonly password: Password };

/** Adds an account that may be used at once. */
export const addAccount = async (
  added: NewAccount,
  people: People,
  read: (account: AccountId) => Promise<Account>,
  tell: Tell,
  because: Because,
): Promise<Either<Refusal, AccountId>> => {
  const account = await accountFor(added.login, people, read);
  return isLeft(account)
    ? account
    : register(account.right, added, people, () => tell(registration(account.right, added.role), because));
};

/**
 * Which account somebody new gets: that of a person without one, whom an interruption left here, or another. Whom an identity provider vouched
 * for keeps theirs.
 */
export const accountFor = async (
  login: LoginName,
  people: Pick<People, 'byLogin' | 'kept'>,
  read: (account: AccountId) => Promise<Account>,
): Promise<Either<Refusal, AccountId>> => {
  const holder = (await people.byLogin(login))?.account;
  if (holder === undefined) return right(randomId<AccountId>());
  const isFree = (await read(holder)).status === 'absent' && (await people.kept(holder)).identities.length === 0;
  return isFree ? right(holder) : left(loginTaken(login));
};

export const registration = (account: AccountId, role: Role) =>
  ({ command: 'RegisterAccount', account, role, isActive: true }) as const;

/**
 * First the person, then the log: only with the event there is an account. What an interruption leaves in between is a person without
 * one, and the same once more finishes it.
 */
export const register = async (
  account: AccountId,
  { role: _role, password, ...named }: NewAccount,
  people: People,
  say: () => Promise<Either<Refusal, unknown>>,
): Promise<Either<Refusal, AccountId>> => {
  if ((await people.add({ account, ...named })) === 'login-taken') return left(loginTaken(named.login));
  await people.setPassword(account, password);
  const said = await say();
  return isLeft(said) ? said : right(account);
};

export const randomId = <Id extends AccountId | string>(): Id => randomBytes(8).toString('hex') as Id;

/** Twenty letters and digits of an alphabet in which none looks like another: 97 bits. */
export const randomPassword = (): Password =>
  Array.from(randomBytes(20), (byte) => 'abcdefghijkmnpqrstuvwxyz23456789'[byte % 32]).join('') as Password;

const loginTaken = (login: string): Refusal =>
  refusal('login-taken', `somebody has the login "${login}"`, 'choose another one');
