import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Account, AccountCommand } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { LoginName, type Person } from '../../domain/account/person.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { People } from '../../ports/people.ts';
import type { Voice } from '../../ports/tell.ts';
import { type AccountStory, activeAdmins } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { accountRows } from '../accounts/account-rows.ts';
import { accountFor, type NewAccount, randomPassword, register, registration } from '../accounts/add-account.ts';
import { forget } from '../accounts/forget-erased.ts';
import { personalData } from '../accounts/personal-data.ts';
import type { KeyParts } from '../accounts/uploader-keys.ts';
import { accountsHolding } from '../administration/narrowed.ts';
import { endingOfAccount } from '../endings/ending-of-account.ts';
import { action, email as emailArgument, maybeLogin, fullName as nameArgument } from './account-arguments.ts';
import { oneOf, orNothing } from './arguments.ts';
import type { ArgumentOf, Command, Present } from './command.ts';
import { changingCommand, type Deed, type Planned } from './deed.ts';
import { holding } from './holding.ts';
import { type Turn, turn, turnsInWords } from './turns.ts';

type Parts = KeyParts & {
  readonly world: World;
  readonly people: People;
  readonly read: (account: AccountId) => Promise<Account>;
  readonly files: FileStore;
  readonly accountsInTurn: InTurn;
};

/** `user`: who has an account, and what it may do. In turn: of two administrators who take each other's rights one is left. */
export const user = (parts: Parts, voice: Voice): Command =>
  changingCommand(voice, {
    inTurn: parts.accountsInTurn,
    name: 'user',
    summary: 'Lists, adds, changes, disables and erases accounts; a new password is made up and shown once',
    arguments: {
      action: action(
        ['list', 'show', 'add', 'edit', 'activate', 'role', 'password', 'disable', 'enable', 'erase'],
        'What to do (erase: only who is disabled)',
      ),
      login: maybeLogin('Whom it is about'),
      role: maybeRole('With role, and with add (user, when nothing is said): what the account shall be'),
      email: { ...emailArgument('With add and edit: address for mail'), with: ['add', 'edit'] },
      name: { ...nameArgument('With add and edit: full name'), with: ['add', 'edit'] },
      holding: {
        ...holding('With list: only accounts with this in login, name, address, role or state'),
        with: ['list'],
      },
    },
    privilege: 'admin',
    present: ({ action: what, login }) => presentOf(what, login, parts),
    plan: async ({ action: what, login, role, holding: part, ...person }) => {
      if (what === 'role' && role === undefined) return left(whichRole);
      if (what === 'list') return right(await list(parts, part));
      if (login === undefined) return left(who);
      if (what === 'add') {
        return add({ login, role: role ?? 'user', email: person.email, fullName: person.name }, parts);
      }
      const account = (await parts.people.byLogin(login))?.account;
      if (account === undefined) return left(noUser(login));
      if (what === 'show') return right(await show(account, parts));
      if (what === 'edit') return edit(account, login, { email: person.email, fullName: person.name }, parts);
      return what === 'password'
        ? renew(login, account, parts)
        : change(login, { account, ...commandFor(what, role ?? 'user') }, parts);
    },
  });

const roles = ['user', 'staff', 'admin'] as const;
type Role = (typeof roles)[number];

const maybeRole = (summary: string): ArgumentOf<Role | undefined> => ({
  codec: orNothing(oneOf('Role', roles)),
  positional: false,
  short: undefined,
  fallback: '',
  summary,
  words: roles,
  with: ['role', 'add'],
});

/** What may be changed of who is there. */
const presentOf = async (
  what: string | undefined,
  login: string | undefined,
  { people, world }: Parts,
): Promise<Present> => {
  const person = LoginName.is(login) ? await people.byLogin(login) : undefined;
  if (person === undefined) return {};
  if (what === 'edit') return { name: person.fullName, email: person.email };
  return what === 'role' ? { role: world.accounts.get(person.account)?.role ?? 'user' } : {};
};

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

const add = async (wanted: Omit<NewAccount, 'password'>, { people, read }: Parts): Promise<Planned> => {
  const { login, role } = wanted;
  const account = await accountFor(login, people, read);
  if (isLeft(account)) return account;
  return right<never, Deed>({
    was: undefined,
    says: [registration(account.right, role)],
    would: () => ({
      json: { login, role },
      plain: `${login} (${role}) would be added; a password would be made up and shown once\n`,
    }),
    perform: async (say, begin) => {
      begin();
      const password = randomPassword();
      const added = await register(account.right, { ...wanted, password }, people, say);
      if (isLeft(added)) return added;
      return right({
        json: { login, role, account: added.right, password },
        plain: `${login} (${role}) is added, with the password ${password}\n`,
      });
    },
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
): Promise<Planned> => {
  const present = await people.byAccount(account);
  const email = given.email || (present?.email ?? given.email);
  const fullName = given.fullName || (present?.fullName ?? given.fullName);
  const changes = [turn('name', present?.fullName, fullName), turn('email', present?.email, email)].flat();
  const words = (isDone: boolean) => ({
    json: { login, email, fullName, changes },
    plain: inWords(login, changes, isDone),
  });
  return right<never, Deed>({
    was: [present?.fullName, present?.email],
    says: [],
    would: () => words(false),
    perform: async (_, begin) => {
      begin();
      await people.add({ account, login, email, fullName });
      return right(words(true));
    },
  });
};

/**
 * An administrator sets nobody's password to what they know for long: the owner changes it. Tokens and linked identities end as with a reset by mail, and the
 * event says who did it.
 */
const renew = async (login: LoginName, account: AccountId, { people, world }: Parts): Promise<Planned> => {
  const asked = { command: 'RenewPassword', account } as const;
  const ends = await endingOfAccount(asked, { world, people });
  const renewedAt = world.accounts.get(account)?.passwordRenewedAt ?? null;
  return right<never, Deed>({
    was: await people.passwordMark(login),
    says: [asked],
    would: () => ({
      json: { login, renewedAt },
      plain: `${login} would have a new password, shown once${renewedAt === null ? '' : `; the present one was set anew at ${renewedAt}`}\n`,
      ends,
    }),
    perform: async (say) => {
      const said = await say();
      if (isLeft(said)) return said;
      await people.dropTokens(account);
      await people.dropLinked(account);
      const password = randomPassword();
      await people.setPassword(account, password);
      return right({ json: { login, password }, plain: `${login} has the password ${password} from now on\n` });
    },
  });
};

const change = async (login: LoginName, asked: AccountCommand, parts: Parts): Promise<Planned> => {
  const { world, people, files } = parts;
  if (leavesNoAdmin(asked, world)) return left(lastAdmin(login));
  const ends = await endingOfAccount(asked, parts);
  const changes = turnsOf(asked, world.accounts.get(asked.account));
  const words = (said: readonly RecordedEvent[], isDone: boolean) => ({
    json: { login, changed: said.length > 0, changes },
    plain: inWords(login, said.length > 0 ? changes : [], isDone),
  });
  return right<never, Deed>({
    was: standing(world.accounts.get(asked.account)),
    says: [asked],
    would: (said) => ({ ...words(said, false), ...(said.length > 0 && { ends }) }),
    perform: async (say) => {
      const said = await say();
      if (isLeft(said)) return said;
      // Rights are gone with the event; sessions go too, so that none wakes up when the account is enabled again.
      if (asked.command === 'DisableAccount') await people.closeSessions(asked.account);
      if (asked.command === 'ErasePerson') await forget(asked.account, { accounts: world.accounts, people, files });
      return right(words(said.right, true));
    },
  });
};

/** What a change of role or state is made on top of. */
const standing = (story: AccountStory | undefined): unknown => [story?.role, story?.status];

const turnsOf = (asked: AccountCommand, story: AccountStory | undefined): readonly Turn[] => {
  switch (asked.command) {
    case 'ChangeRole':
      return turn('role', story?.role, asked.role);
    case 'ActivateAccount':
    case 'EnableAccount':
      return turn('state', story?.status, 'active');
    case 'DisableAccount':
      return turn('state', story?.status, 'disabled');
    case 'ErasePerson':
      return turn('state', story?.status, 'erased');
    default:
      return [];
  }
};

const inWords = (login: LoginName, changes: readonly Turn[], isDone: boolean): string =>
  changes.length === 0
    ? `${login} is so already\n`
    : `${login}${isDone ? '' : ', would be'}: ${turnsInWords(changes)}\n`;

const leavesNoAdmin = (asked: AccountCommand, { accounts }: World): boolean => {
  const takes = asked.command === 'DisableAccount' || (asked.command === 'ChangeRole' && asked.role !== 'admin');
  const admins = activeAdmins(accounts);
  return takes && admins.length === 1 && admins[0] === asked.account;
};

const list = async ({ world, people }: Parts, part = ''): Promise<Answer> => {
  const json = accountsHolding(await accountRows(world.accounts, people), part);
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
