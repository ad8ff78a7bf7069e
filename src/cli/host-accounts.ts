import { text } from 'node:stream/consumers';
import { isLeft } from 'fp-ts/lib/Either.js';
import { addAccount, randomPassword } from '../app/accounts/add-account.ts';
import { accountReader, teller } from '../app/tell.ts';
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

/** Adds an account that may be used at once. Throws, saying why, when it cannot. */
export const addUserOnHost = async (
  asked: Readonly<Record<'login' | 'role' | 'email' | 'name', string>>,
  password: Password,
  log: EventLog,
  people: People,
): Promise<void> => {
  const wanted = {
    login: decodeOrThrow(LoginName, asked.login, 'the login'),
    role: decodeOrThrow(Role, asked.role, '--role'),
    email: decodeOrThrow(EmailAddress, asked.email, '--email'),
    fullName: decodeOrThrow(FullName, asked.name, '--name'),
    password,
  };
  const added = await addAccount(
    wanted,
    people,
    accountReader(log),
    teller(log, async () => undefined),
    because,
  );
  if (isLeft(added)) throw new Error(sentence(added.left));
};

/** Gives somebody another password, who is then logged out everywhere. Throws when there is nobody of that login. */
export const renewPasswordOnHost = async (login: string, password: Password, people: People): Promise<void> => {
  const person = await people.byLogin(decodeOrThrow(LoginName, login, 'the login'));
  if (person === undefined) throw new Error(`nobody has the login "${login}"`);
  await people.setPassword(person.account, password);
};
