import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AccountId, TokenId } from '../../src/domain/account/events.ts';
import type { Person } from '../../src/domain/account/person.ts';
import type { People } from '../../src/ports/people.ts';

/** Days in milliseconds. */
const day = 24 * 3600 * 1000;

/** People in memory, whose passwords are kept as they are. */
export const memoryPeople = (now: () => number): People => {
  const people = new Map<AccountId, Person>();
  const passwords = new Map<AccountId, string>();
  const sessions = new Map<string, { readonly account: AccountId; readonly opened: number; used: number }>();
  const tokens = new Map<string, { readonly account: AccountId; readonly token: TokenId }>();
  const called = (login: string) => [...people.values()].find((person) => person.login === login);
  const drop = <Held>(held: Map<string, Held>, isDropped: (one: Held) => boolean): void => {
    for (const [secret, one] of held) if (isDropped(one)) held.delete(secret);
  };
  const closeSessions = (account: AccountId): void => drop(sessions, (session) => session.account === account);
  return {
    add: async (person) => {
      const holder = called(person.login);
      if (holder !== undefined && holder.account !== person.account) return 'login-taken';
      people.set(person.account, person);
      return 'added';
    },
    byLogin: async (login) => called(login),
    byAccount: async (account) => people.get(account),
    setPassword: async (account, password) => {
      passwords.set(account, password);
      closeSessions(account);
    },
    checkPassword: async (login, password) => {
      const account = called(login)?.account;
      return account !== undefined && passwords.get(account) === password ? account : undefined;
    },
    openSession: async (account) => {
      const secret = randomBytes(32).toString('base64url');
      sessions.set(secret, { account, opened: now(), used: now() });
      const own = [...sessions].filter(([, session]) => session.account === account);
      for (const [old] of own.slice(0, -50)) sessions.delete(old);
      return secret;
    },
    bySession: async (secret) => {
      const session = sessions.get(secret);
      if (session === undefined || now() >= Math.min(session.used + 7 * day, session.opened + 30 * day))
        return undefined;
      session.used = now();
      return session.account;
    },
    closeSession: async (secret) => void sessions.delete(secret),
    closeSessions: async (account) => closeSessions(account),
    addToken: async (account, token) => {
      assert.ok(people.has(account));
      const secret = `mbd_${randomBytes(32).toString('base64url')}`;
      tokens.set(secret, { account, token });
      return secret;
    },
    byToken: async (secret) => tokens.get(secret),
    dropToken: async (token) => drop(tokens, (one) => one.token === token),
    erase: async (account) => {
      people.delete(account);
      passwords.delete(account);
      closeSessions(account);
      drop(tokens, (one) => one.account === account);
    },
  };
};
