import { instant } from '../../domain/codec.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyFacts, KeyReader } from '../../ports/keyring.ts';
import type { AccountStory } from '../../projections/accounts.ts';

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
