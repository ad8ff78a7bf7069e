import { X509Certificate } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { AccountId } from '../../domain/account/events.ts';
import type { Privilege } from '../../domain/account/privilege.ts';
import { instant } from '../../domain/codec.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Access, TurnedAway } from '../../ports/access.ts';
import type { People } from '../../ports/people.ts';
import { type Accounts, privilegeOfAccount, privilegeOfToken } from '../../projections/accounts.ts';
import { keyOfCertificate } from './client-certificate.ts';
import { networkOf } from './network-of.ts';
import { type Rates, rates, type Try, takeEach, toWait } from './rates.ts';

/** Passwords being looked at, at once: each costs memory and a moment of a core. Who has a session does not queue with strangers. */
const mostAtOnce = { strangers: 16, holders: 4 };

/** Who somebody is, people say; what they may do, the log says. Both are asked anew each time. */
export const access = (
  accounts: Accounts,
  people: People,
  now: () => number,
  { wrongPasswords, commands }: Rates = rates(now),
): Access => {
  const atOnce = { strangers: 0, holders: 0 };

  const guarded = async (
    who: keyof typeof atOnce,
    tries: readonly Try[],
    look: () => Promise<AccountId | undefined>,
  ) => {
    if (atOnce[who] >= mostAtOnce[who]) return left(busy);
    const attempt = takeEach(tries);
    const wait = toWait(attempt.wait, 'there were too many wrong passwords');
    if (wait !== undefined) return left(wait);
    atOnce[who] += 1;
    try {
      const account = await look();
      if (account === undefined || privilegeOfAccount(accounts, account) === 'none') return left(wrong);
      attempt.giveBack();
      return right(account);
    } finally {
      atOnce[who] -= 1;
    }
  };

  const look = (login: string, password: string) => async () =>
    password.length <= longestPassword ? people.checkPassword(login, password) : undefined;

  const enter = (login: string, password: string, from: string): Promise<Either<TurnedAway, AccountId>> =>
    guarded('strangers', triesOfStranger(wrongPasswords, login, from), look(login, password));

  const confirm = async (session: string, present: string): Promise<Either<TurnedAway, AccountId>> => {
    const account = await people.bySession(session);
    const login = account && (await people.byAccount(account))?.login;
    if (login === undefined) return left(wrong);
    return guarded('holders', [{ tries: wrongPasswords.bySession, key: session }], look(login, present));
  };

  return {
    byToken: async (secret) => {
      const found = await people.byToken(secret);
      if (found === undefined) return undefined;
      const { account, token } = found;
      return callerWith(account, privilegeOfToken(accounts, account, token, instant(now())), 'token');
    },
    byCertificate: async (shown) => {
      const found = await people.byCertificate(keyOfCertificate(new X509Certificate(shown)));
      if (found === undefined) return undefined;
      const { account, token } = found;
      return callerWith(account, privilegeOfToken(accounts, account, token, instant(now())), 'certificate');
    },
    bySession: async (secret) => {
      const account = await people.bySession(secret);
      return account && callerWith(account, privilegeOfAccount(accounts, account), 'session');
    },
    byPassword: async (login, password, from) => {
      const account = await enter(login, password, from);
      if (isLeft(account)) return account;
      const caller = callerWith(account.right, privilegeOfAccount(accounts, account.right), 'password');
      return caller === undefined ? left(wrong) : right(caller);
    },
    passwordMark: people.passwordMark,
    logIn: async (login, password, from) => {
      const account = await enter(login, password, from);
      return isLeft(account) ? account : right(await people.openSession(account.right));
    },
    logOut: people.closeSession,
    confirm,
    changePassword: async (session, present, next) => {
      const entered = await confirm(session, present);
      if (isLeft(entered)) return entered;
      await people.setPassword(entered.right, next);
      return right(undefined);
    },
    paced: paced(commands),
    nameOf: async ({ actor }) =>
      actor.kind === 'account' ? (await people.byAccount(actor.name as AccountId))?.login : undefined,
  };
};

const triesOfStranger = (
  { byNetwork, byLogin }: Rates['wrongPasswords'],
  login: string,
  from: string,
): readonly Try[] => [
  { tries: byNetwork, key: networkOf(from) },
  { tries: byLogin, key: login.slice(0, 64) },
];

/** How often commands may be run, whoever asks. */
export const paced =
  (commands: Rates['commands']): Access['paced'] =>
  ({ actor }, from) => {
    const { wait } = takeEach([
      actor.kind === 'account'
        ? { tries: commands.byAccount, key: actor.name }
        : { tries: commands.byNetwork, key: networkOf(from) },
    ]);
    return toWait(wait, 'there were too many commands', 'too-many-commands');
  };

const longestPassword = 200;

const callerWith = (account: AccountId, privilege: Privilege, shown: Caller['shown']): Caller | undefined =>
  privilege === 'none' ? undefined : { actor: { kind: 'account', name: account }, privilege, shown };

/** One answer for all that is wrong: which logins there are is nobody's business. */
const wrong: TurnedAway = {
  because: refusal('wrong-login', 'login and password fit no active account', 'look at both, or ask an administrator'),
  retryAfter: undefined,
};

const busy: TurnedAway = {
  because: refusal('busy', 'too many people log in at this moment', 'try again in a few seconds'),
  retryAfter: 2,
};
