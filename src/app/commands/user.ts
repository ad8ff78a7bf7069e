import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Account, AccountCommand } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import type { LoginName, Person } from '../../domain/account/person.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { People } from '../../ports/people.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import { activeAdmins } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { addAccount, randomPassword } from '../accounts/add-account.ts';
import { forget } from '../accounts/forget-erased.ts';
import { personalData } from '../accounts/personal-data.ts';
import type { KeyParts } from '../accounts/uploader-keys.ts';
import { oneAfterTheOther } from '../one-after-the-other.ts';
import { action, email as emailArgument, maybeLogin, fullName as nameArgument } from './account-arguments.ts';
import { oneOf, orNothing } from './arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';

type Parts = KeyParts & {
  readonly world: World;
  readonly people: People;
  readonly tell: Tell;
  readonly read: (account: AccountId) => Promise<Account>;
  readonly files: FileStore;
};

/** `user`: who has an account, and what it may do. In turn: of two administrators who take each other's rights one is left. */
export const user = (parts: Parts, inTurn = oneAfterTheOther()): Command =>
  command({
    name: 'user',
    summary: 'Lists, adds, changes, disables and erases accounts; a new password is made up and shown once',
    arguments: {
      action: action(
        ['list', 'show', 'add', 'edit', 'activate', 'role', 'password', 'disable', 'enable', 'erase'],
        'What to do (erase: only who is disabled)',
      ),
      login: maybeLogin('Whom it is about'),
      role: maybeRole('With role, and with add (user, when nothing is said): what the account shall be'),
      email: emailArgument('With add and edit: address for mail'),
      name: nameArgument('With add and edit: full name'),
    },
    privilege: 'admin',
    changes: true,
    run: async ({ action: what, login, role, ...person }, actor) => {
      if (what === 'role' && role === undefined) return left(whichRole);
      const because = { actor, causedBy: undefined, correlation: randomUUID() };
      if (what === 'list') return right(await list(parts));
      if (login === undefined) return left(who);
      if (what === 'add') {
        return add({ login, role: role ?? 'user', email: person.email, fullName: person.name }, parts, because);
      }
      const account = (await parts.people.byLogin(login))?.account;
      if (account === undefined) return left(noUser(login));
      if (what === 'show') return right(await show(account, parts));
      if (what === 'edit') return edit(account, login, { email: person.email, fullName: person.name }, parts);
      return what === 'password'
        ? renew(login, account, parts, because)
        : inTurn(() => change(login, { account, ...commandFor(what, role ?? 'user') }, parts, because));
    },
  });

type Role = 'user' | 'staff' | 'admin';

const maybeRole = (summary: string): ArgumentOf<Role | undefined> => ({
  codec: orNothing(oneOf('Role', ['user', 'staff', 'admin'])),
  positional: false,
  short: undefined,
  fallback: '',
  summary,
});

const whichRole = refusal('bad-argument', '"role" is missing', 'say user, staff or admin');

type Change = 'activate' | 'role' | 'disable' | 'enable' | 'erase';

const commandFor = (what: Change, role: Role) => {
  switch (what) {
    case 'activate':
      return { command: 'ActivateAccount' } as const;
    case 'role':
      return { command: 'ChangeRole', role } as const;
    case 'disable':
      return { command: 'DisableAccount' } as const;
    case 'enable':
      return { command: 'EnableAccount' } as const;
    case 'erase':
      return { command: 'ErasePerson' } as const;
  }
};

const add = async (
  wanted: Omit<Parameters<typeof addAccount>[0], 'password'>,
  { people, read, tell }: Parts,
  because: Because,
): Promise<Either<Refusal, Answer>> => {
  const password = randomPassword();
  const added = await addAccount({ ...wanted, password }, people, read, tell, because);
  if (isLeft(added)) return added;
  const { login, role } = wanted;
  return right({
    json: { login, role, account: added.right, password },
    plain: `${login} (${role}) is added, with the password ${password}\n`,
  });
};

const show = async (account: AccountId, { world: { accounts }, ...parts }: Parts): Promise<Answer> => {
  const json = await personalData(account, { accounts, ...parts });
  return { json, plain: `${JSON.stringify(json, null, 2)}\n` };
};

/** Name and address stand in the store of people alone: the log has nothing to say of it. What is left out stays. */
const edit = async (
  account: AccountId,
  login: LoginName,
  given: Pick<Person, 'email' | 'fullName'>,
  { people }: Parts,
): Promise<Either<Refusal, Answer>> => {
  const present = await people.byAccount(account);
  const email = given.email || (present?.email ?? given.email);
  const fullName = given.fullName || (present?.fullName ?? given.fullName);
  await people.add({ account, login, email, fullName });
  return right({ json: { login, email, fullName }, plain: `${login} is ${fullName} <${email}>\n` });
};

/**
 * An administrator sets nobody's password to what they know for long: the owner changes it. Tokens end as with a reset by mail, and the
 * event says who did it.
 */
const renew = async (
  login: LoginName,
  account: AccountId,
  { people, tell }: Parts,
  because: Because,
): Promise<Either<Refusal, Answer>> => {
  const told = await tell({ command: 'RenewPassword', account }, because);
  if (isLeft(told)) return told;
  await people.dropTokens(account);
  const password = randomPassword();
  await people.setPassword(account, password);
  return right({ json: { login, password }, plain: `${login} has the password ${password} from now on\n` });
};

const change = async (
  login: LoginName,
  asked: AccountCommand,
  { world, people, files, tell }: Parts,
  because: Because,
): Promise<Either<Refusal, Answer>> => {
  if (leavesNoAdmin(asked, world)) return left(lastAdmin(login));
  const told = await tell(asked, because);
  if (isLeft(told)) return told;
  // Rights are gone with the event; sessions go too, so that none wakes up when the account is enabled again.
  if (asked.command === 'DisableAccount') await people.closeSessions(asked.account);
  if (asked.command === 'ErasePerson') await forget(asked.account, { accounts: world.accounts, people, files });
  const changed = told.right.length > 0;
  const done = told.right.map(({ body }) => body.type).join(', ');
  return right({ json: { login, changed }, plain: changed ? `${login}: ${done}\n` : `${login} is so already\n` });
};

const leavesNoAdmin = (asked: AccountCommand, { accounts }: World): boolean => {
  const takes = asked.command === 'DisableAccount' || (asked.command === 'ChangeRole' && asked.role !== 'admin');
  const admins = activeAdmins(accounts);
  return takes && admins.length === 1 && admins[0] === asked.account;
};

const list = async ({ world, people }: Parts): Promise<Answer> => {
  const json = [];
  for (const [account, { status, role, registeredAt, tokens, key, uploadsTo }] of world.accounts) {
    const person = await people.byAccount(account);
    json.push({
      login: person?.login ?? null,
      fullName: person?.fullName ?? null,
      email: person?.email ?? null,
      account,
      status,
      role,
      registeredAt,
      tokens: tokens.size,
      key: key?.fingerprint ?? null,
      uploadsTo: [...uploadsTo.keys()],
    });
  }
  const lines = json.map(
    ({ login, account, status, role, email: address }) =>
      `${login ?? '-'}: ${role}, ${status}${address ? `, ${address}` : ''} (account ${account})\n`,
  );
  return { json, plain: lines.length === 0 ? 'no accounts\n' : lines.join('') };
};

const who = refusal('bad-argument', '"login" is missing', 'say whom it is about');

const noUser = (login: string): Refusal => refusal('no-user', `nobody has the login "${login}"`, 'see user list');

const lastAdmin = (login: string): Refusal =>
  refusal('last-admin', `"${login}" is the only administrator`, 'make somebody else one first');
