import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { People } from '../../ports/people.ts';
import type { Accounts } from '../../projections/accounts.ts';
import { livingTokens } from './living-tokens.ts';
import { concern, type KeyParts, keyOf } from './uploader-keys.ts';

/** Every account with what is known of its person. Who was erased has neither login nor name. */
export const accountRows = async (accounts: Accounts, people: Pick<People, 'byAccount' | 'tokens'>) => {
  const held = new Set(await people.tokens());
  return Promise.all(
    [...accounts].map(async ([account, { status, role, registeredAt, tokens, key, uploadsTo }]) => {
      const person = await people.byAccount(account);
      return {
        login: person?.login ?? null,
        fullName: person?.fullName ?? null,
        email: person?.email ?? null,
        account,
        status,
        role,
        registeredAt,
        tokens: livingTokens(tokens, held).size,
        key: key?.fingerprint ?? null,
        uploadsTo: [...uploadsTo.keys()],
      };
    }),
  );
};

/** Every key that somebody handed in, what is to be known of it, and where it may be used. */
export const uploaderRows = async (
  accounts: Accounts,
  { repositories }: Pick<Configuration, 'repositories'>,
  { people, now, ...parts }: KeyParts & { readonly people: Pick<People, 'byAccount'>; readonly now: () => number },
) => {
  const rows = await Promise.all(
    [...accounts].map(async ([account, story]) => {
      if (story.key === undefined) return [];
      const [person, facts] = [await people.byAccount(account), await keyOf(story, parts)];
      return [
        {
          login: person?.login ?? null,
          fullName: person?.fullName ?? null,
          account,
          status: story.status,
          fingerprint: story.key.fingerprint,
          userIds: facts?.userIds ?? [],
          expiresAt: facts?.expiresAt ?? null,
          concern: facts === undefined ? 'the file of the key is gone' : (concern(facts, now()) ?? null),
          uploadsTo: [...story.uploadsTo].map(([repository, approval]) => ({
            repository,
            ...approval,
            configured: repositories.has(repository),
          })),
        },
      ];
    }),
  );
  return rows.flat();
};
