import type { AccountCommand } from '../../domain/account/account.ts';
import { privilegeOf, type Role, suffices } from '../../domain/account/privilege.ts';
import type { People } from '../../ports/people.ts';
import type { Accounts } from '../../projections/accounts.ts';

/** What somebody has now, and would not have any more. */
export type Losses = { readonly json: object; readonly plain: string };

type Parts = { readonly accounts: Accounts; readonly people: Pick<People, 'byAccount' | 'kept'> };

/** What `asked` takes from the person it is about: looked at before it is done. */
export const lossesBy = async (asked: AccountCommand, parts: Parts): Promise<Losses> => {
  const story = parts.accounts.get(asked.account);
  switch (asked.command) {
    case 'RenewPassword':
      return inWords('loses', await openings(asked, parts));
    case 'DisableAccount':
      return inWords('cannot use any more', {
        ...(await openings(asked, parts)),
        'uploads to': [...(story?.uploadsTo.keys() ?? [])],
      });
    case 'ErasePerson':
      return inWords('is forgotten for good, with', {
        ...(await openings(asked, parts)),
        'name and address': (await parts.people.byAccount(asked.account)) === undefined ? 0 : 1,
        key: story?.key?.fingerprint ?? 0,
        subscriptions: story?.subscriptions.size ?? 0,
        'uploads to': [...(story?.uploadsTo.keys() ?? [])],
      });
    case 'ChangeRole':
      return ofRole(story?.role ?? 'user', asked.role);
    default:
      return { json: {}, plain: '' };
  }
};

/** What opens the account beside the password. */
const openings = async ({ account }: AccountCommand, { accounts, people }: Parts) => ({
  sessions: (await people.kept(account)).sessions.length,
  tokens: accounts.get(account)?.tokens.size ?? 0,
});

const ofRole = (from: Role, to: Role): Losses => ({
  json: { role: { from, to } },
  plain: suffices(privilegeOf(to), privilegeOf(from)) ? '' : `loses: what needs the role ${from}, now ${to}\n`,
});

const inWords = (word: string, held: Readonly<Record<string, number | string | readonly string[]>>): Losses => {
  const listed = Object.entries(held).flatMap(([what, of]) =>
    of === 0 || (Array.isArray(of) && of.length === 0) ? [] : [`${what}: ${[of].flat().join(', ')}`],
  );
  return { json: held, plain: listed.length === 0 ? '' : `${word} ${listed.join('; ')}\n` };
};
