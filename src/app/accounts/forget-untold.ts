import type { TokenId } from '../../domain/account/events.ts';
import type { People } from '../../ports/people.ts';
import type { Accounts } from '../../projections/accounts.ts';

/** Of the tokens that had a secret when the daemon began, drops those that the log does not tell of: it ended in between. */
export const forgetUntold = async (
  held: readonly TokenId[],
  accounts: Accounts,
  people: Pick<People, 'dropToken'>,
): Promise<void> => {
  const told = new Set([...accounts.values()].flatMap(({ tokens }) => [...tokens.keys()]));
  for (const token of held) if (!told.has(token)) await people.dropToken(token);
};
