import type { AccountId } from '../../domain/account/events.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { People } from '../../ports/people.ts';
import type { Accounts } from '../../projections/accounts.ts';

type Parts = { readonly accounts: Accounts; readonly people: People; readonly files: Pick<FileStore, 'remove'> };

/** Empties the store of people of who is erased in the log, and takes their keys away, which hold names and addresses. */
export const forget = async (account: AccountId, { accounts, people, files }: Parts): Promise<void> => {
  await people.erase(account);
  const others = [...accounts].filter(([id, { status }]) => id !== account && status !== 'erased');
  const inUse = new Set(others.flatMap(([, { keyFiles }]) => [...keyFiles]));
  for (const sha256 of accounts.get(account)?.keyFiles ?? []) if (!inUse.has(sha256)) await files.remove(sha256);
};

/** Who is erased in the log and still known here, because the daemon ended in between, is forgotten now. */
export const forgetErased = async (parts: Parts): Promise<void> => {
  for (const [account, { status }] of parts.accounts) if (status === 'erased') await forget(account, parts);
};
