import type { Caller } from '../../domain/account/caller.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { suffices } from '../../domain/account/privilege.ts';
import type { People } from '../../ports/people.ts';
import type { World } from '../../projections/world.ts';
import { loginsOf } from '../accounts/logins-of.ts';

/** So many accounts are looked up for one look at a form. */
const mostLookedUp = 500;

/** Kinds of values, by their codecs, that are not everybody's to know. */
export const isPersonal = (codec: string): boolean => ['LoginName', 'TokenId', 'WebhookId'].includes(codec);

/** Logins for who looks after people, tokens for who has them, webhooks for administrators; nothing for others. */
export const personalValues = async (
  codec: string,
  { actor, privilege }: Caller,
  { accounts, webhooks }: Pick<World, 'accounts' | 'webhooks'>,
  people: Pick<People, 'byAccount'>,
): Promise<readonly string[]> => {
  switch (codec) {
    case 'LoginName':
      return suffices(privilege, 'staff') ? loginsOf([...accounts.keys()].slice(-mostLookedUp), people) : [];
    case 'TokenId':
      return actor.kind === 'account' ? [...(accounts.get(actor.name as AccountId)?.tokens.keys() ?? [])] : [];
    case 'WebhookId':
      return suffices(privilege, 'admin') ? [...webhooks.keys()] : [];
    default:
      return [];
  }
};
