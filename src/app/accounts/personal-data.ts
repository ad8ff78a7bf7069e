import { readFile } from 'node:fs/promises';
import type { AccountId } from '../../domain/account/events.ts';
import { instant } from '../../domain/codec.ts';
import type { People } from '../../ports/people.ts';
import type { AccountStory, Accounts } from '../../projections/accounts.ts';
import { livingTokens } from './living-tokens.ts';
import { type KeyParts, keyOf } from './uploader-keys.ts';

export type PersonalDataParts = KeyParts & { readonly accounts: Accounts; readonly people: People };

/**
 * Everything that is stored about somebody, as they may ask for it: what the store of people holds, what the log says of their account,
 * and their key. What they did stands in the log under `account`, and nowhere by name. Of passwords and other secrets there are only
 * hashes, of which nothing is shown.
 */
export const personalData = async (account: AccountId, parts: PersonalDataParts) => {
  const { accounts, people } = parts;
  const { login = null, fullName = null, email = null } = (await people.byAccount(account)) ?? {};
  const { hasPassword, identities, tokens, certificates, sessions, mails } = await people.kept(account);
  const story = accounts.get(account);
  return {
    login,
    fullName,
    email,
    account,
    hasPassword,
    identities,
    certificates: Object.fromEntries(certificates),
    sessions: sessions.map(({ opened, expires }) => ({ opened: instant(opened), expires: instant(expires) })),
    mails: mails.map(({ kind, expires }) => ({ kind, expires: instant(expires) })),
    ...(story === undefined ? {} : await ofAccount(story, livingTokens(story.tokens, tokens), parts)),
  };
};

const ofAccount = async (story: AccountStory, tokens: AccountStory['tokens'], parts: PersonalDataParts) => ({
  status: story.status,
  role: story.role,
  registeredAt: story.registeredAt,
  tokens: [...tokens].map(([token, issued]) => ({ token, ...issued })),
  subscriptions: [...story.subscriptions.keys()],
  key: await keyData(story, parts),
  uploadsTo: [...story.uploadsTo].map(([repository, approval]) => ({ repository, ...approval })),
});

const keyData = async (story: AccountStory, parts: PersonalDataParts) => {
  const facts = await keyOf(story, parts);
  if (story.key === undefined || facts === undefined) return null;
  const { fingerprint, userIds, expiresAt } = facts;
  return {
    fingerprint,
    userIds,
    expiresAt,
    armored: await readFile(await parts.files.path(story.key.file.sha256), 'utf8'),
  };
};
