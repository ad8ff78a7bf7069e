import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { MailId } from '../../src/domain/account/account-mail.ts';
import type { AccountId, TokenId } from '../../src/domain/account/events.ts';
import type { Person } from '../../src/domain/account/person.ts';
import type { Sha256 } from '../../src/domain/debian/names.ts';
import type { OwedMail, People } from '../../src/ports/people.ts';

/** Days in milliseconds. */
const day = 24 * 3600 * 1000;

type KeptMail = OwedMail & { readonly link: string | undefined; readonly isSent: boolean };

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** People in memory, whose passwords are kept as they are. */
export const memoryPeople = (now: () => number): People => {
  const people = new Map<AccountId, Person>();
  const passwords = new Map<AccountId, string>();
  const marks = new Map<AccountId, string>();
  const sessions = new Map<string, { readonly account: AccountId; readonly opened: number; used: number }>();
  const tokens = new Map<string, { readonly account: AccountId; readonly token: TokenId }>();
  const certificates = new Map<
    Sha256,
    { readonly account: AccountId; readonly token: TokenId; readonly subject: string }
  >();
  const mails = new Map<MailId, KeptMail>();
  const identities = new Map<string, AccountId>();
  const linked = new Set<string>();
  const called = (login: string) => [...people.values()].find((person) => person.login === login);
  const drop = <Key, Held>(held: Map<Key, Held>, isDropped: (one: Held) => boolean): void => {
    for (const [secret, one] of held) if (isDropped(one)) held.delete(secret);
  };
  const closeSessions = (account: AccountId): void => drop(sessions, (session) => session.account === account);
  const add = (person: Person): 'added' | 'login-taken' => {
    const holder = called(person.login);
    if (holder !== undefined && holder.account !== person.account) return 'login-taken';
    people.set(person.account, person);
    return 'added';
  };
  return {
    add: async (person) => add(person),
    byLogin: async (login) => called(login),
    byAccount: async (account) => people.get(account),
    byEmail: async (email) =>
      [...people.values()]
        .filter((person) => person.email !== '' && isSame(person.email, email))
        .sort((one, other) => (one.login < other.login ? -1 : 1)),
    byIdentity: async (issuer, subject) => identities.get(`${issuer} ${subject}`),
    addByIdentity: async (person, issuer, subject) => {
      const added = add(person);
      if (added === 'added') {
        identities.set(`${issuer} ${subject}`, person.account);
        linked.delete(`${issuer} ${subject}`);
      }
      return added;
    },
    addIdentity: async (account, issuer, subject) => {
      const identity = `${issuer} ${subject}`;
      const holder = identities.get(identity);
      if (holder !== undefined) return holder === account ? 'added' : 'identity-taken';
      identities.set(identity, account);
      linked.add(identity);
      return 'added';
    },
    dropLinked: async (account) => {
      for (const identity of linked) if (identities.get(identity) === account) identities.delete(identity);
    },
    dropIdentities: async (account) => drop(identities, (one) => one === account),
    setPassword: async (account, password) => {
      passwords.set(account, password);
      marks.set(account, randomBytes(8).toString('hex'));
      closeSessions(account);
      drop(mails, (mail) => mail.account === account);
    },
    checkPassword: async (login, password) => {
      const account = called(login)?.account;
      return account !== undefined && passwords.get(account) === password ? account : undefined;
    },
    passwordMark: async (login) => {
      const account = called(login)?.account;
      return account && marks.get(account);
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
    addCertificate: async (account, token, { key, subject }) => {
      assert.ok(people.has(account));
      if ((certificates.get(key)?.account ?? account) !== account) return 'certificate-taken';
      certificates.set(key, { account, token, subject });
      return 'added';
    },
    byCertificate: async (key) => {
      const { account, token } = certificates.get(key) ?? {};
      return account && token && { account, token };
    },
    dropToken: async (token) => {
      drop(tokens, (one) => one.token === token);
      drop(certificates, (one) => one.token === token);
    },
    dropTokens: async (account) => {
      drop(tokens, (one) => one.account === account);
      drop(certificates, (one) => one.account === account);
    },
    tokens: async () => [...tokens.values(), ...certificates.values()].map(({ token }) => token),
    oweMail: async (mail) => {
      drop(mails, ({ expires }) => expires <= now());
      const secret = ['registration', 'reset'].includes(mail.kind) ? randomBytes(32).toString('base64url') : undefined;
      const owed = { ...mail, id: randomBytes(8).toString('hex') as MailId, secret };
      mails.set(owed.id, { ...owed, link: secret, isSent: false });
      return owed;
    },
    owedMails: async () =>
      [...mails.values()]
        .filter(({ isSent, expires }) => !isSent && expires > now())
        .map(({ isSent: _sent, link: _link, ...owed }) => owed),
    mailSent: async (id) => {
      const mail = mails.get(id);
      if (mail?.link === undefined) mails.delete(id);
      else mails.set(id, { ...mail, secret: undefined, isSent: true });
    },
    byLink: async (secret) => {
      const found = [...mails.values()].find(({ link, expires }) => link === secret && expires > now());
      if (found === undefined) return undefined;
      const { isSent: _sent, link: _link, secret: _secret, ...mail } = found;
      return mail;
    },
    kept: async (account) => ({
      hasPassword: passwords.has(account),
      identities: [...identities].filter(([, one]) => one === account).map(([identity]) => identity),
      tokens: new Set(
        [...tokens.values(), ...certificates.values()]
          .filter((one) => one.account === account)
          .map(({ token }) => token),
      ),
      certificates: new Map(
        [...certificates.values()]
          .filter((one) => one.account === account)
          .map(({ token, subject }) => [token, subject]),
      ),
      sessions: [...sessions.values()]
        .filter((session) => session.account === account)
        .map(({ opened, used }) => ({ opened, expires: Math.min(used + 7 * day, opened + 30 * day) })),
      mails: [...mails.values()]
        .filter((mail) => mail.account === account)
        .map(({ kind, expires }) => ({ kind, expires })),
    }),
    erase: async (account) => {
      const email = people.get(account)?.email ?? '';
      drop(mails, (mail) => mail.account === account || (email !== '' && isSame(mail.email, email)));
      people.delete(account);
      drop(identities, (one) => one === account);
      drop(certificates, (one) => one.account === account);
      passwords.delete(account);
      marks.delete(account);
      closeSessions(account);
      drop(tokens, (one) => one.account === account);
    },
  };
};
