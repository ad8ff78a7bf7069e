import type { People } from '../../ports/people.ts';
import type { Accounts } from '../../projections/accounts.ts';

/** Who is erased in the log and still known here, because the daemon ended in between, is forgotten now. */
export const forgetErased = async (accounts: Accounts, people: People): Promise<void> => {
  for (const [account, { status }] of accounts) if (status === 'erased') await people.erase(account);
};
