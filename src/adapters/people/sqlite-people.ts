import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { syncPathNow } from '../../disk/sync-path.ts';
import type { AccountMail } from '../../domain/account/account-mail.ts';
import type { AccountId, TokenId } from '../../domain/account/events.ts';
import type { Person } from '../../domain/account/person.ts';
import type { People } from '../../ports/people.ts';
import { accountMails } from './account-mails.ts';
import { type Cost, passwordHashes } from './password-hash.ts';

export type SqlitePeople = People & { readonly close: () => void };

/** Days in milliseconds. */
const day = 24 * 3600 * 1000;

/** A session that is not used ends; one that is used ends as well. */
const idle = 7 * day;
const longest = 30 * day;

/** A session in use is prolonged this often, and not with every request: each time costs a sync of the disk. */
const prolongedEvery = 3600 * 1000;

const mostSessions = 50;

/**
 * People in one SQLite file at `file`, readable by its owner alone; there is none before the first of them, so that a start that is refused leaves
 * nothing that a backup could not be put back over. What is deleted is overwritten. Throws when the file is not ours.
 */
export const sqlitePeople = (file: string, now: () => number, cost?: Cost): SqlitePeople =>
  file === inMemory || existsSync(file) ? peopleIn(file, now, cost) : peopleToCome(file, now, cost);

const inMemory = ':memory:';

/** Questions that bring somebody. */
const firsts: ReadonlySet<string> = new Set(['add', 'addByIdentity', 'oweMail'] satisfies (keyof People)[]);

/** Nobody, until somebody comes: by us or, as by a command on the host, by others. */
const peopleToCome = (file: string, now: () => number, cost?: Cost): SqlitePeople => {
  let people = peopleIn(inMemory, now, cost);
  let isHere = false;
  const asked = (question: string): SqlitePeople => {
    if (isHere || !(firsts.has(question) || existsSync(file))) return people;
    // Where the file cannot be opened, whoever comes later tries again.
    const there = peopleIn(file, now, cost);
    people.close();
    people = there;
    isHere = true;
    return people;
  };
  const questions = Object.keys(people) as (keyof SqlitePeople)[];
  const put =
    (question: keyof SqlitePeople) =>
    (...given: readonly unknown[]) =>
      (asked(question)[question] as (...given: readonly unknown[]) => unknown)(...given);
  return Object.fromEntries(questions.map((question) => [question, put(question)])) as unknown as SqlitePeople;
};

const peopleIn = (file: string, now: () => number, cost?: Cost): SqlitePeople => {
  const db = open(file);
  const passwords = passwordHashes(cost);
  const say = statements(db);
  const personOf = (row: unknown): Person | undefined => (row === undefined ? undefined : { ...(row as Person) });
  const bySession = (secret: string): AccountId | undefined => {
    const session = say.session.get(hashed(secret)) as SessionRow | undefined;
    if (session === undefined || session.expires <= now()) return undefined;
    const prolonged = Math.min(now() + idle, session.opened + longest);
    if (prolonged - session.expires >= prolongedEvery) say.prolong.run(prolonged, hashed(secret));
    return session.account;
  };
  const add = ({ account, login, fullName, email }: Person): 'added' | 'login-taken' => {
    const holder = say.byLogin.get(login) as Person | undefined;
    if (holder !== undefined && holder.account !== account) return 'login-taken';
    say.add.run(account, login, fullName, email);
    return 'added';
  };
  return {
    add: async (person) => add(person),
    byLogin: async (login) => personOf(say.byLogin.get(login)),
    byAccount: async (account) => personOf(say.byAccount.get(account)),
    byEmail: async (email) => (say.byEmail.all(email) as Person[]).map((row) => ({ ...row })),
    byIdentity: async (issuer, subject) =>
      (say.byIdentity.get(issuer, subject) as { account: AccountId } | undefined)?.account,
    addByIdentity: async (person, issuer, subject) =>
      atOnce(db, () => {
        const added = add(person);
        if (added === 'added') say.addIdentity.run(issuer, subject, person.account);
        return added;
      }),
    addIdentity: async (account, issuer, subject) =>
      atOnce(db, () => {
        const holder = (say.byIdentity.get(issuer, subject) as { account: AccountId } | undefined)?.account;
        if (holder !== undefined) return holder === account ? 'added' : 'identity-taken';
        say.addIdentity.run(issuer, subject, account);
        say.linked.run(issuer, subject);
        return 'added';
      }),
    dropLinked: async (account) => void say.dropLinked.run(account),
    dropIdentities: async (account) => void say.dropIdentities.run(account),
    setPassword: async (account, password) => {
      const hash = await passwords.hash(password);
      atOnce(db, () => {
        say.closeSessions.run(account);
        say.dropMails.run(account);
        say.setPassword.run(hash, account);
      });
    },
    checkPassword: async (login, password) => {
      const known = say.password.get(login) as { account: AccountId; password: string | null } | undefined;
      return (await passwords.fits(password, known?.password ?? undefined)) ? known?.account : undefined;
    },
    passwordMark: async (login) => {
      // Salted anew with every password.
      const { password } = (say.password.get(login) ?? {}) as { password?: string | null };
      return password ? hashed(password).toString('base64url') : undefined;
    },
    openSession: async (account) => {
      const secret = randomBytes(32).toString('base64url');
      say.closeOld.run(now(), account, account, mostSessions - 1);
      say.openSession.run(hashed(secret), account, now(), now() + idle);
      return secret;
    },
    bySession: async (secret) => bySession(secret),
    closeSession: async (secret) => void say.closeSession.run(hashed(secret)),
    closeSessions: async (account) => void say.closeSessions.run(account),
    addToken: async (account, token) => {
      const secret = `mbd_${randomBytes(32).toString('base64url')}`;
      say.addToken.run(token, hashed(secret), account);
      return secret;
    },
    byToken: async (secret) => {
      const found = say.token.get(hashed(secret)) as { account: AccountId; token: TokenId } | undefined;
      return found === undefined ? undefined : { account: found.account, token: found.token };
    },
    addCertificate: async (account, token, { key, subject }) =>
      say.addCertificate.run(token, key, subject, account).changes === 0 ? 'certificate-taken' : 'added',
    byCertificate: async (key) => {
      const found = say.certificate.get(key) as { account: AccountId; token: TokenId } | undefined;
      return found === undefined ? undefined : { account: found.account, token: found.token };
    },
    dropToken: async (token) =>
      atOnce(db, () => {
        say.dropToken.run(token);
        say.dropCertificate.run(token);
      }),
    dropTokens: async (account) =>
      atOnce(db, () => {
        say.dropTokens.run(account);
        say.dropCertificates.run(account);
      }),
    tokens: async () => (say.allTokens.all() as { readonly token: TokenId }[]).map(({ token }) => token),
    ...accountMails(db, now),
    kept: async (account) => ({
      hasPassword: say.hasPassword.get(account) !== undefined,
      identities: (say.identitiesOf.all(account) as { readonly identity: string }[]).map(({ identity }) => identity),
      tokens: new Set((say.tokensOf.all(account, account) as { readonly token: TokenId }[]).map(({ token }) => token)),
      certificates: new Map(
        (say.certificatesOf.all(account) as { readonly token: TokenId; readonly subject: string }[]).map(
          ({ token, subject }) => [token, subject],
        ),
      ),
      sessions: (say.sessionsOf.all(account) as SessionRow[]).map(({ opened, expires }) => ({ opened, expires })),
      mails: (say.mailsOf.all(account) as Pick<AccountMail, 'kind' | 'expires'>[]).map((row) => ({ ...row })),
    }),
    erase: async (account) =>
      atOnce(db, () => {
        say.dropMailsTo.run(account, account);
        say.erase.run(account);
      }),
    close: () => db.close(),
  };
};

type SessionRow = { readonly account: AccountId; readonly opened: number; readonly expires: number };

/** Secrets are random enough that one round of hashing is all they need. */
const hashed = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const atOnce = <Said>(db: DatabaseSync, act: () => Said): Said => {
  db.exec('BEGIN IMMEDIATE');
  try {
    const said = act();
    db.exec('COMMIT');
    return said;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
};

const version = 5;

const open = (file: string): DatabaseSync => {
  if (file !== inMemory) {
    const made = mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (made !== undefined) syncPathNow(dirname(made));
    closeSync(openSync(file, 'a', 0o600));
  }
  const db = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true, defensive: true });
  try {
    prepare(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
};

const prepare = (db: DatabaseSync, file: string): void => {
  db.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
  const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (found > version)
    throw new Error(`${file} was written by a newer version of this program: run that one, or restore a backup`);
  if (found < version) db.exec(schema);
};

const schema = `
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS people (
  account TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  full_name TEXT NOT NULL,
  email TEXT NOT NULL,
  password TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  secret BLOB PRIMARY KEY,
  account TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
  opened INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_account ON sessions (account, opened);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY,
  secret BLOB NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES people ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
) STRICT;
CREATE TABLE IF NOT EXISTS linked (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (issuer, subject),
  FOREIGN KEY (issuer, subject) REFERENCES identities ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS certificates (
  token TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES people ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS mails (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  login TEXT NOT NULL,
  full_name TEXT NOT NULL,
  email TEXT NOT NULL,
  expires INTEGER NOT NULL,
  secret TEXT,
  link BLOB UNIQUE,
  sent INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS mails_by_account ON mails (account);
PRAGMA user_version = ${version};
COMMIT;
`;

const columns = 'account, login, full_name AS fullName, email';

const statements = (db: DatabaseSync) => ({
  add: db.prepare(
    `INSERT INTO people (account, login, full_name, email) VALUES (?, ?, ?, ?) ON CONFLICT (account) DO UPDATE
     SET login = excluded.login, full_name = excluded.full_name, email = excluded.email`,
  ),
  byLogin: db.prepare(`SELECT ${columns} FROM people WHERE login = ?`),
  byAccount: db.prepare(`SELECT ${columns} FROM people WHERE account = ?`),
  byEmail: db.prepare(`SELECT ${columns} FROM people WHERE email <> '' AND email = ? COLLATE NOCASE ORDER BY login`),
  setPassword: db.prepare('UPDATE people SET password = ? WHERE account = ?'),
  byIdentity: db.prepare('SELECT account FROM identities WHERE issuer = ? AND subject = ?'),
  addIdentity: db.prepare('INSERT OR REPLACE INTO identities (issuer, subject, account) VALUES (?, ?, ?)'),
  linked: db.prepare('INSERT INTO linked (issuer, subject) VALUES (?, ?)'),
  dropLinked: db.prepare(
    'DELETE FROM identities WHERE account = ? AND (issuer, subject) IN (SELECT issuer, subject FROM linked)',
  ),
  dropIdentities: db.prepare('DELETE FROM identities WHERE account = ?'),
  password: db.prepare('SELECT account, password FROM people WHERE login = ?'),
  openSession: db.prepare('INSERT INTO sessions (secret, account, opened, expires) VALUES (?, ?, ?, ?)'),
  closeOld: db.prepare(
    `DELETE FROM sessions WHERE expires <= ? OR (account = ? AND secret NOT IN
     (SELECT secret FROM sessions WHERE account = ? ORDER BY opened DESC, rowid DESC LIMIT ?))`,
  ),
  session: db.prepare('SELECT account, opened, expires FROM sessions WHERE secret = ?'),
  prolong: db.prepare('UPDATE sessions SET expires = ? WHERE secret = ?'),
  closeSession: db.prepare('DELETE FROM sessions WHERE secret = ?'),
  closeSessions: db.prepare('DELETE FROM sessions WHERE account = ?'),
  addToken: db.prepare('INSERT INTO tokens (token, secret, account) VALUES (?, ?, ?)'),
  token: db.prepare('SELECT token, account FROM tokens WHERE secret = ?'),
  dropToken: db.prepare('DELETE FROM tokens WHERE token = ?'),
  tokensOf: db.prepare(
    'SELECT token FROM tokens WHERE account = ? UNION ALL SELECT token FROM certificates WHERE account = ?',
  ),
  allTokens: db.prepare('SELECT token FROM tokens UNION ALL SELECT token FROM certificates'),
  addCertificate: db.prepare(
    `INSERT INTO certificates (token, key, subject, account) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
     SET token = excluded.token, subject = excluded.subject WHERE account = excluded.account`,
  ),
  certificate: db.prepare('SELECT token, account FROM certificates WHERE key = ?'),
  certificatesOf: db.prepare('SELECT token, subject FROM certificates WHERE account = ? ORDER BY rowid'),
  dropCertificate: db.prepare('DELETE FROM certificates WHERE token = ?'),
  dropCertificates: db.prepare('DELETE FROM certificates WHERE account = ?'),
  hasPassword: db.prepare('SELECT 1 FROM people WHERE account = ? AND password IS NOT NULL'),
  identitiesOf: db.prepare(
    "SELECT issuer || ' ' || subject AS identity FROM identities WHERE account = ? ORDER BY issuer, subject",
  ),
  sessionsOf: db.prepare('SELECT account, opened, expires FROM sessions WHERE account = ? ORDER BY opened, rowid'),
  mailsOf: db.prepare('SELECT kind, expires FROM mails WHERE account = ? ORDER BY rowid'),
  dropTokens: db.prepare('DELETE FROM tokens WHERE account = ?'),
  dropMails: db.prepare('DELETE FROM mails WHERE account = ?'),
  dropMailsTo: db.prepare(
    `DELETE FROM mails WHERE account = ?
     OR email <> '' AND email = (SELECT email FROM people WHERE account = ?) COLLATE NOCASE`,
  ),
  erase: db.prepare('DELETE FROM people WHERE account = ?'),
});
