import type { AccountId } from '../../domain/account/events.ts';
import type { LoginName } from '../../domain/account/person.ts';
import { suffices } from '../../domain/account/privilege.ts';
import type { Viewer } from '../../domain/account/viewer.ts';
import type { Actor } from '../../domain/ids.ts';
import type { People } from '../../ports/people.ts';
import type { Accounts } from '../../projections/accounts.ts';

/** Who an actor of the log is beside what the log calls them. */
export type Doer = {
  /** `undefined` for who was erased. */
  readonly login: string | undefined;
  /** Where the viewer may see its page. */
  readonly account: AccountId | undefined;
};

/** The people behind the actors of the log, as far as somebody may know of them: staff of all, everybody else of themselves. */
export type Doers = {
  /** Those of `actors` that are people, by `doerKey`. */
  readonly of: (actors: readonly Actor[], viewer: Viewer) => Promise<ReadonlyMap<string, Doer>>;
  /** What somebody is called in the log whom `word` means: as it stands there, or a login. `undefined` where that is not for the viewer to ask. */
  readonly names: (word: string, viewer: Viewer) => Promise<readonly string[] | undefined>;
  /** Logins of those whose deeds are worth asking for. */
  readonly logins: (viewer: Viewer) => Promise<readonly string[]>;
};

export const doerKey = ({ kind, name }: Actor): string => `${kind} ${name}`;

/** Logins that a page offers, which has to stay short; who has a role comes before who uploads. */
const mostOffered = 25;

export const doers = (accounts: Accounts, people: Pick<People, 'byAccount' | 'byLogin'>): Doers => ({
  of: async (actors, viewer) => {
    const known = actors.filter(({ name }) => isFor(viewer, name));
    const holders = known.some(({ kind }) => kind === 'key') ? holdersOfKeys(accounts) : new Map<string, AccountId>();
    const isAdmin = suffices(viewer.privilege, 'admin');
    const found = new Map<string, Doer>();
    for (const actor of known) {
      const account = actor.kind === 'account' ? (actor.name as AccountId) : holders.get(doerKey(actor));
      if (account === undefined || found.has(doerKey(actor))) continue;
      const login = (await people.byAccount(account))?.login;
      found.set(doerKey(actor), { login, account: isAdmin ? account : undefined });
    }
    return found;
  },
  names: async (word, viewer) => {
    if (viewer.names.has(word)) return [word];
    const isStaff = suffices(viewer.privilege, 'staff');
    // Who may not ask is told the same of every word, whether somebody has that login or not.
    if (!isStaff && viewer.names.size === 0) return undefined;
    const account = (await people.byLogin(word as LoginName))?.account;
    if (isStaff) return [word, ...(account === undefined ? [] : namesOf(account, accounts))];
    return account !== undefined && viewer.names.has(account) ? [...viewer.names] : undefined;
  },
  logins: async (viewer) => {
    if (!suffices(viewer.privilege, 'staff')) return [];
    const withRole = [...accounts].filter(([, { role }]) => role !== 'user');
    const uploading = [...accounts].filter(([, { role, keysOfTheirs }]) => role === 'user' && keysOfTheirs.size > 0);
    const may = [...withRole, ...uploading];
    const found = await Promise.all(
      may.slice(0, mostOffered).map(async ([account]) => (await people.byAccount(account))?.login ?? []),
    );
    return found.flat().sort();
  },
});

/** Where no people are kept: a replica, whose readers are all strangers to it. */
export const nobodyKnown: Doers = {
  of: async () => new Map(),
  names: async (word, viewer) => (viewer.names.has(word) ? [word] : undefined),
  logins: async () => [],
};

const isFor = (viewer: Viewer, name: string): boolean =>
  name !== '' && (suffices(viewer.privilege, 'staff') || viewer.names.has(name));

/** Of a key that more than one account may upload with it is not said whose it is. */
const holdersOfKeys = (accounts: Accounts): ReadonlyMap<string, AccountId> => {
  const holders = new Map<string, AccountId>();
  const shared = new Set<string>();
  for (const [account, { keysOfTheirs }] of accounts)
    for (const fingerprint of keysOfTheirs) {
      const key = doerKey({ kind: 'key', name: fingerprint });
      if (holders.has(key)) shared.add(key);
      holders.set(key, account);
    }
  for (const key of shared) holders.delete(key);
  return holders;
};

const namesOf = (account: AccountId, accounts: Accounts): readonly string[] => {
  const holders = holdersOfKeys(accounts);
  const keys = [...(accounts.get(account)?.keysOfTheirs ?? [])];
  return [account, ...keys.filter((name) => holders.get(doerKey({ kind: 'key', name })) === account)];
};
