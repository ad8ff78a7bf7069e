import type { AccountId, TokenId } from '../domain/account/events.ts';
import type { LoginName, Password, Person } from '../domain/account/person.ts';

/**
 * Everything personal, and every secret that opens something; kept beside the log so that it can be forgotten. What resolved is
 * durable. Secrets are kept as hashes: who reads the store can open nothing. What an account may do stands in the log;
 * here it only says who one is.
 */
export interface People {
  /** A person without a password. The same account again is written anew. */
  readonly add: (person: Person) => Promise<'added' | 'login-taken'>;
  readonly byLogin: (login: LoginName) => Promise<Person | undefined>;
  readonly byAccount: (account: AccountId) => Promise<Person | undefined>;
  /** Ends every session of the account. */
  readonly setPassword: (account: AccountId, password: Password) => Promise<void>;
  /** Whose password it is. Takes as long whether there is such a login or not. */
  readonly checkPassword: (login: string, password: string) => Promise<AccountId | undefined>;
  /** Gives the secret of a new session. It lives as long as it is used, but not for ever. */
  readonly openSession: (account: AccountId) => Promise<string>;
  readonly bySession: (secret: string) => Promise<AccountId | undefined>;
  readonly closeSession: (secret: string) => Promise<void>;
  readonly closeSessions: (account: AccountId) => Promise<void>;
  /** Gives the secret of a new token. How long it counts, and for what, stands in the log. */
  readonly addToken: (account: AccountId, token: TokenId) => Promise<string>;
  readonly byToken: (secret: string) => Promise<{ readonly account: AccountId; readonly token: TokenId } | undefined>;
  readonly dropToken: (token: TokenId) => Promise<void>;
  /** Nothing of the person is left, no secret of theirs opens anything. Nobody there is no fault. */
  readonly erase: (account: AccountId) => Promise<void>;
}
