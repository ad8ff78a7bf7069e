import { instant } from '../../domain/codec.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyFacts, KeyReader } from '../../ports/keyring.ts';
import type { People } from '../../ports/people.ts';
import type { AccountStory, Accounts } from '../../projections/accounts.ts';

export type KeyParts = { readonly keys: Pick<KeyReader, 'keysIn'>; readonly files: Pick<FileStore, 'has' | 'path'> };

/** The key that an account handed in, as its file says now. `undefined` when there is none, or its file is gone. */
export const keyOf = async ({ key }: AccountStory, { keys, files }: KeyParts): Promise<KeyFacts | undefined> => {
  if (key === undefined || !(await files.has(key.file.sha256))) return undefined;
  const [facts] = await keys.keysIn([await files.path(key.file.sha256)]);
  return facts;
};

/** Days in milliseconds before the end of a key in which its owner and staff should hear of it. */
const warnedFor = 30 * 24 * 3600 * 1000;

/** What to know about a key before it fails: why it signs nothing, or that it soon will not. */
export const concern = ({ fault, expiresAt }: KeyFacts, now: number): string | undefined => {
  if (fault !== undefined) return `${fault.rule}: ${fault.fact}`;
  return expiresAt !== null && expiresAt <= instant(now + warnedFor) ? `expires at ${expiresAt}` : undefined;
};

/** A line for each approved key that signs nothing any more, or soon will not: whose it is, and why. */
export const keysOfConcern = async (
  accounts: Accounts,
  { people, now, ...parts }: KeyParts & { readonly people: Pick<People, 'byAccount'>; readonly now: () => number },
): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const [account, story] of accounts) {
    if (story.status !== 'active' || story.key === undefined || story.uploadsTo.size === 0) continue;
    const facts = await keyOf(story, parts);
    const what = facts === undefined ? 'its file is gone' : concern(facts, now());
    const login = (await people.byAccount(account))?.login ?? `account ${account}`;
    if (what !== undefined) lines.push(`the key ${story.key.fingerprint} of ${login}: ${what}`);
  }
  return lines;
};
