import { right } from 'fp-ts/lib/Either.js';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import type { RepositoryConfigured } from '../../domain/configuration/events.ts';
import type { Fingerprint } from '../../domain/debian/names.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Approval, limits } from '../../domain/upload/authorisation.ts';
import type { KeyFacts } from '../../ports/keyring.ts';
import type { People } from '../../ports/people.ts';
import { approvedUploaders } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { concern, type KeyParts, keyOf } from '../accounts/uploader-keys.ts';
import { namePattern } from './arguments.ts';
import { type Command, command } from './command.ts';

type Parts = KeyParts & { readonly world: World; readonly people: People; readonly now: () => number };

/** `printuploaders`: by which keys a repository takes uploads, wherever it knows them from. */
export const printuploaders = (parts: Parts): Command =>
  command({
    name: 'printuploaders',
    summary: 'Lists the keys that may upload to each repository, and until when',
    arguments: { repository: namePattern('Only repositories whose identity matches', 'R') },
    privilege: 'admin',
    needsEngine: false,
    run: async ({ repository: wanted }) => {
      const json = [];
      for (const repository of parts.world.configuration.repositories.values()) {
        if (wanted.test(repository.repository)) json.push(await describe(repository, parts));
      }
      return right({ json, plain: json.map(plain).join('\n') });
    },
  });

type Row = Approval & {
  readonly fingerprint: Fingerprint;
  readonly userIds: readonly string[];
  readonly expiresAt: string | null;
  readonly concern: string | null;
  /** Where it is known from: an account, a keyring file, or it is the instance's own. */
  readonly from: string;
};

const everything: Approval = { suites: null, sources: null };

const describe = async (repository: RepositoryConfigured, parts: Parts) => {
  const own: readonly Row[] = signersOf(parts.world.configuration).map((fingerprint) => ({
    fingerprint,
    ...everything,
    userIds: [],
    expiresAt: null,
    concern: null,
    from: 'this instance',
  }));
  const { rows, faults } = await inKeyrings(repository.uploaderKeyrings, parts);
  return {
    repository: repository.repository,
    allowUnauthenticated: repository.allowUnauthenticated,
    faults,
    keys: [...own, ...rows, ...(await ofAccounts(repository, parts))],
  };
};

const row = (facts: KeyFacts, from: string, approval: Approval, now: number): Row => ({
  fingerprint: facts.fingerprint,
  ...approval,
  userIds: facts.userIds,
  expiresAt: facts.expiresAt,
  concern: concern(facts, now) ?? null,
  from,
});

/** A keyring file that cannot be read is named, and hides no other one. */
const inKeyrings = async (keyrings: readonly string[], { keys, now }: Parts) => {
  const rows: Row[] = [];
  const faults: string[] = [];
  for (const keyring of keyrings) {
    try {
      for (const facts of await keys.keysIn([keyring])) rows.push(row(facts, `keyring ${keyring}`, everything, now()));
    } catch (error) {
      faults.push(reasonOf(error));
    }
  }
  return { rows, faults };
};

const ofAccounts = async ({ repository }: RepositoryConfigured, parts: Parts): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const { account, suites, sources } of approvedUploaders(parts.world.accounts, repository)) {
    const story = parts.world.accounts.get(account);
    const facts = story && (await keyOf(story, parts));
    const from = (await parts.people.byAccount(account))?.login ?? `account ${account}`;
    if (facts !== undefined) rows.push(row(facts, from, { suites, sources }, parts.now()));
  }
  return rows;
};

const plain = ({ repository, allowUnauthenticated, faults, keys }: Awaited<ReturnType<typeof describe>>): string =>
  [
    `Uploaders of repository ${repository}:`,
    ...(allowUnauthenticated ? ['  WARNING: unauthenticated uploads are allowed: anybody may upload'] : []),
    ...faults.map((fault) => `  WARNING: ${fault}`),
    ...keys.map(
      (key) =>
        `  ${key.fingerprint} ${[key.from, ...key.userIds].join(', ')}${limits(key)}, ${
          key.expiresAt === null ? 'does not expire' : `until ${key.expiresAt}`
        }${key.concern === null ? '' : ` [${key.concern}]`}`,
    ),
    '',
  ].join('\n');
