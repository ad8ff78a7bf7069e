import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Account } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { People } from '../../ports/people.ts';
import type { Identity } from '../../ports/sign-on.ts';
import { noGroup, nothingOfGroups } from './enter-signed-on.ts';

type LinkParts = {
  readonly people: People;
  readonly read: (account: AccountId) => Promise<Account>;
  /** The same turn as of those who sign on. */
  readonly inTurn: InTurn;
};

/** Accounts of before, and who their owners are elsewhere. */
export const identities = (parts: LinkParts) => ({ link: linkIdentity(parts), part: partIdentity(parts) });

/**
 * Makes an identity elsewhere that of an account of before, since both are of who asks for it: they are logged in here, came from there, and said
 * so. What they may do stays until they sign on; somebody whom that would shut out is not linked.
 */
const linkIdentity =
  ({ people, read, inTurn }: LinkParts) =>
  (account: AccountId, { issuer, subject, role, hasGroups }: Identity): Promise<Either<Refusal, undefined>> =>
    inTurn(async () => {
      if ((await read(account)).status !== 'active') return left(notActive);
      if (role === undefined) return left(hasGroups ? noGroup : nothingOfGroups);
      const holder = await people.byIdentity(issuer, subject);
      if (holder === account) return right(undefined);
      if (holder !== undefined) return left(ofSomebodyElse);
      // Those of a provider of before let nobody in any more.
      const others = (await people.kept(account)).identities.filter((identity) => identity.startsWith(`${issuer} `));
      if (others.length > 0) return left(another);
      return (await people.addIdentity(account, issuer, subject)) === 'added' ? right(undefined) : left(ofSomebodyElse);
    });

/** Who has a password goes on with that; nobody loses their only way in. */
const partIdentity =
  ({ people, inTurn }: LinkParts) =>
  (account: AccountId): Promise<Either<Refusal, undefined>> =>
    inTurn(async () => {
      if (!(await people.kept(account)).hasPassword) return left(noOtherWay);
      await people.dropIdentities(account);
      return right(undefined);
    });

const notActive = refusal('account-disabled', 'your account is not in use here', 'ask an administrator');

const ofSomebodyElse = refusal(
  'identity-taken',
  'whoever you are there has another account here already',
  'sign on to see which; an administrator may disable and erase it, then it is free',
);

const another = refusal(
  'identity-exists',
  'your account is that of somebody else there already',
  'part from them first, on the page of your account',
);

const noOtherWay = refusal(
  'no-password',
  'without signing on there you could not log in here any more',
  'set a password first: by a mail from the page to log in, or ask an administrator',
);
