import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { AccountMail, MailKind } from '../../domain/account/account-mail.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { EmailAddress, type FullName, LoginName, type Password, type Person } from '../../domain/account/person.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { TurnedAway } from '../../ports/access.ts';
import type { Applicant, Enrolment } from '../../ports/enrolment.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { People } from '../../ports/people.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { randomId } from './add-account.ts';
import { networkOf } from './network-of.ts';
import type { Outbox } from './outbox.ts';
import { type Rates, takeEach, toWait } from './rates.ts';

export type EnrolmentParts = {
  readonly world: World;
  readonly people: People;
  readonly outbox: Outbox;
  readonly tell: Tell;
  readonly rates: Rates;
  /** Whether mail goes out at all. */
  readonly sendsMail: boolean;
  /** One link at a time is used up, while nobody else makes or changes accounts. */
  readonly inTurn: InTurn;
  readonly now: () => number;
};

/** How long a link works, in milliseconds. */
const lifetime = 3 * 24 * 3_600_000;

/**
 * Nothing of a registration stands in the log before its mail was answered: strangers do not make events. Whatever is asked, one
 * mail is put down, so that no answer comes sooner than another.
 */
export const enrolment = (parts: EnrolmentParts): Enrolment => {
  const { world, people, outbox, rates, inTurn, now } = parts;
  const offers = () => ({
    registration: parts.sendsMail && world.configuration.instance?.registration === 'open',
    reset: parts.sendsMail,
  });

  const post = async (kind: MailKind, account: AccountId, to: Omit<Person, 'account'>): Promise<void> =>
    outbox.post({ kind, account, ...to, expires: now() + lifetime });

  const mayMail = (addressee: string, from: string): TurnedAway | undefined =>
    toWait(
      takeEach([
        { tries: rates.mails.byNetwork, key: networkOf(from) },
        { tries: rates.mails.byAddressee, key: addressee.toLowerCase() },
        { tries: rates.mails.altogether, key: '' },
      ]).wait,
      askedTooOften,
    );

  const readLink = async (secret: string, from: string): Promise<Either<TurnedAway, AccountMail>> => {
    const attempt = takeEach([{ tries: rates.links, key: networkOf(from) }]);
    const wait = toWait(attempt.wait, askedTooOften);
    if (wait !== undefined) return left(wait);
    const mail = await people.byLink(secret);
    if (mail === undefined || !isMeant(mail, world)) return left(away(wrongLink));
    attempt.giveBack();
    return mail.kind === 'registration' && !offers().registration ? left(away(closed)) : right(mail);
  };

  return {
    offers,
    register: async (applicant, from) => {
      if (!offers().registration) return left(away(parts.sendsMail ? closed : noMail));
      const refused = mayMail(applicant.email, from);
      if (refused !== undefined) return left(refused);
      const [known] = (await people.byEmail(applicant.email)).filter(({ account }) => isActive(account, world));
      if (known !== undefined) await post('has-account', known.account, known);
      else await post(await kindFor(applicant, people), randomId<AccountId>(), applicant);
      return right(undefined);
    },
    resetPassword: async (who, from) => {
      if (!parts.sendsMail) return left(away(noMail));
      const refused = mayMail(who.slice(0, 254), from);
      if (refused !== undefined) return left(refused);
      const found = (await peopleCalled(who, people)).filter(({ account }) => isActive(account, world));
      for (const { account, ...person } of found) await post('reset', account, person);
      if (found.length === 0) await post('nobody', randomId<AccountId>(), nobody);
      return right(undefined);
    },
    readLink: async (secret, from) => {
      const mail = await readLink(secret, from);
      return isLeft(mail) ? mail : right({ login: mail.right.login, kind: mail.right.kind });
    },
    useLink: (secret, password, from) =>
      inTurn(async () => {
        const mail = await readLink(secret, from);
        if (isLeft(mail)) return mail;
        const used = await (mail.right.kind === 'registration' ? admit : readmit)(mail.right, password, parts);
        return isLeft(used) ? left(away(used.left)) : right({ login: mail.right.login });
      }),
  };
};

/**
 * In this order, so that after an interruption the same link goes on: it ends with the password. Whoever's the account is by then, by password
 * or by an identity provider, a link changes nothing of it.
 */
const admit = async (
  { account, login, email, fullName }: AccountMail,
  password: Password,
  { people, tell }: EnrolmentParts,
): Promise<Either<Refusal, undefined>> => {
  const { hasPassword, identities } = await people.kept(account);
  if (hasPassword || identities.length > 0) return left(wrongLink);
  if ((await people.add({ account, login, email, fullName })) === 'login-taken') return left(loginTaken);
  const told = await tell({ command: 'RegisterAccount', account, role: 'user', isActive: true }, byThemself(account));
  if (isLeft(told)) return told;
  await people.setPassword(account, password);
  return right(undefined);
};

/** Who lost a password may have lost it to somebody: what that one has issued or linked ends as well. */
const readmit = async (
  { account }: AccountMail,
  password: Password,
  { people, tell }: EnrolmentParts,
): Promise<Either<Refusal, undefined>> => {
  const told = await tell({ command: 'RenewPassword', account }, byThemself(account));
  if (isLeft(told)) return told;
  await people.dropTokens(account);
  await people.dropLinked(account);
  await people.setPassword(account, password);
  return right(undefined);
};

const byThemself = (account: AccountId): Because => ({
  actor: { kind: 'account', name: account },
  causedBy: undefined,
  correlation: randomUUID(),
});

const isActive = (account: AccountId, { accounts }: World): boolean => accounts.get(account)?.status === 'active';

/** A link to an account works as long as the account does; one to no account yet, until there is one. */
const isMeant = ({ kind, account }: AccountMail, world: World): boolean =>
  kind === 'registration' || (kind === 'reset' && isActive(account, world));

const kindFor = async ({ login }: Applicant, people: People): Promise<MailKind> =>
  (await people.byLogin(login)) === undefined ? 'registration' : 'login-taken';

const peopleCalled = async (who: string, people: People): Promise<readonly Person[]> => {
  if (who !== '' && EmailAddress.is(who)) return people.byEmail(who);
  const person = LoginName.is(who) ? await people.byLogin(who) : undefined;
  return person === undefined ? [] : [person];
};

const nobody: Omit<Person, 'account'> = {
  login: 'nobody' as LoginName,
  email: '' as EmailAddress,
  fullName: '' as FullName,
};

const away = (because: Refusal): TurnedAway => ({ because, retryAfter: undefined });

const askedTooOften = 'this was asked too often';

const closed = refusal(
  'registration-closed',
  'nobody registers here by themself',
  'ask an administrator of this instance for an account',
);

const noMail = refusal(
  'no-mail-sent',
  'this instance sends no mail, and both need one',
  'ask an administrator of this instance',
);

const wrongLink = refusal(
  'wrong-link',
  'the link opens nothing: it was used, or is older than three days',
  'ask for another mail',
);

const loginTaken = refusal('login-taken', 'somebody has this login by now', 'register with another one');
