import { randomBytes } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Account } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import type { Password, Person } from '../../domain/account/person.ts';
import type { Role } from '../../domain/account/privilege.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { People } from '../../ports/people.ts';
import type { Because, Tell } from '../../ports/tell.ts';

export type NewAccount = Omit<Person, 'account'> & { readonly role: Role; readonly password: Password };

/**
 * Adds an account that may be used at once. First the person, then the log: only with the event there is an account. What an
 * interruption leaves in between is a person without one, and the same call again finishes it.
 */
export const addAccount = async (
  { role, password, ...named }: NewAccount,
  people: People,
  read: (account: AccountId) => Promise<Account>,
  tell: Tell,
  because: Because,
): Promise<Either<Refusal, AccountId>> => {
  const holder = (await people.byLogin(named.login))?.account;
  if (holder !== undefined && (await read(holder)).status !== 'absent') return left(loginTaken(named.login));
  const account = holder ?? randomId<AccountId>();
  if ((await people.add({ account, ...named })) === 'login-taken') return left(loginTaken(named.login));
  await people.setPassword(account, password);
  const told = await tell({ command: 'RegisterAccount', account, role, isActive: true }, because);
  return isLeft(told) ? told : right(account);
};

export const randomId = <Id extends AccountId | string>(): Id => randomBytes(8).toString('hex') as Id;

/** Twenty letters and digits of an alphabet in which none looks like another: 97 bits. */
export const randomPassword = (): Password =>
  Array.from(randomBytes(20), (byte) => 'abcdefghijkmnpqrstuvwxyz23456789'[byte % 32]).join('') as Password;

const loginTaken = (login: string): Refusal =>
  refusal('login-taken', `somebody has the login "${login}"`, 'choose another one');
