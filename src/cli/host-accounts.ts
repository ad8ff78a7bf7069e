import { text } from 'node:stream/consumers';
import { isLeft } from 'fp-ts/lib/Either.js';
import { accountFor, randomPassword, register, registration } from '../app/accounts/add-account.ts';
import { accountReader, rehearsal, teller } from '../app/tell.ts';
import { EmailAddress, FullName, LoginName, Password } from '../domain/account/person.ts';
import { Role } from '../domain/account/privilege.ts';
import { decodeOrThrow } from '../domain/codec.ts';
import { sentence } from '../domain/refusal.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { People } from '../ports/people.ts';

/** Who is at the host is its administrator; the log says so. */
const because = { actor: { kind: 'administrator', name: 'host' }, causedBy: undefined, correlation: 'host' } as const;

/** The first line of what is piped in; without it one is made up. What does not fit is not repeated: terminals remember. */
export const passwordFrom = async (input: NodeJS.ReadableStream | undefined): Promise<Password> => {
  if (input === undefined) return randomPassword();
  const [line] = (await text(input)).split('\n');
  if (!Password.is(line)) throw new Error('the password on standard input must have 10 to 200 characters, on one line');
  return line;
};

/** Adds an account that may be used at once, and gives what was done, or would be, in words. Throws, saying why, when it cannot. */
export const addUserOnHost = async (
  asked: Readonly<Record<'login' | 'role' | 'email' | 'name', string>>,
  password: Password,
  log: EventLog,
  people: People,
  isDryRun: boolean,
): Promise<string> => {
  const wanted = {
    login: decodeOrThrow(LoginName, asked.login, 'the login'),
    role: decodeOrThrow(Role, asked.role, '--role'),
    email: decodeOrThrow(EmailAddress, asked.email, '--email'),
    fullName: decodeOrThrow(FullName, asked.name, '--name'),
    password,
  };
  const { login, role } = wanted;
  const account = await accountFor(login, people, accountReader(log));
  if (isLeft(account)) throw new Error(sentence(account.left));
  const tell = isDryRun ? rehearsal(log) : teller(log, async () => undefined);
  const say = () => tell(registration(account.right, role), because);
  const added = await (isDryRun ? say() : register(account.right, wanted, people, say));
  if (isLeft(added)) throw new Error(sentence(added.left));
  return `${login} (${role}) ${isDryRun ? 'would be' : 'is'} added\n`;
};

/**
 * Gives somebody another password: sessions, tokens and what was linked end, as when an administrator renews it. Gives what was done, or would be, in
 * words. The log may be another's, so it does not hear of it. Throws when there is nobody of that login.
 */
export const renewPasswordOnHost = async (
  login: string,
  password: Password,
  people: People,
  isDryRun: boolean,
): Promise<string> => {
  const person = await people.byLogin(decodeOrThrow(LoginName, login, 'the login'));
  if (person === undefined) throw new Error(`nobody has the login "${login}"`);
  const { sessions } = await people.kept(person.account);
  if (isDryRun)
    return `${login} would have another password; sessions that would end: ${sessions.length}, and every token\n`;
  await people.dropTokens(person.account);
  await people.dropLinked(person.account);
  await people.setPassword(person.account, password);
  return `${login} has another password; sessions that ended: ${sessions.length}, and every token\n`;
};
