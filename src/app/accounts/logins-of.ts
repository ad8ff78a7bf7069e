import type { AccountId } from '../../domain/account/events.ts';
import type { People } from '../../ports/people.ts';

/** Who was erased has none. */
export const loginsOf = async (
  accounts: readonly AccountId[],
  people: Pick<People, 'byAccount'>,
): Promise<readonly string[]> =>
  (await Promise.all(accounts.map(async (account) => (await people.byAccount(account))?.login)))
    .filter((login) => login !== undefined)
    .sort();
