import type { accountRows } from '../accounts/account-rows.ts';
import type { machinesPage, notificationsPage } from './machines.ts';
import type { ObjectLine } from './overview.ts';
import type { uploadersPage } from './people.ts';

type Accounts = Awaited<ReturnType<typeof accountRows>>;
type Uploaders = Awaited<ReturnType<typeof uploadersPage>>;
type Machines = ReturnType<typeof machinesPage>;
type Notifications = Awaited<ReturnType<typeof notificationsPage>>;

/** What of a list has `part` in the words that people see of it, capital letters or not. */
const holding = <Item>(
  items: readonly Item[],
  part: string,
  wordsOf: (item: Item) => readonly (string | null)[],
): readonly Item[] => {
  const sought = part.trim().toLowerCase();
  return sought === '' ? items : items.filter((item) => wordsOf(item).join(' ').toLowerCase().includes(sought));
};

export const objectsHolding = (objects: readonly ObjectLine[], part: string): readonly ObjectLine[] =>
  holding(objects, part, ({ name, standing: { state, reason } }) => [name, state, reason]);

export const accountsHolding = (accounts: Accounts, part: string): Accounts => [
  ...holding(accounts, part, ({ login, account, fullName, email, role, status }) => [
    login ?? account,
    fullName,
    email,
    role,
    status,
  ]),
];

export const keysHolding = (lines: Uploaders['lines'], part: string): Uploaders['lines'] => [
  ...holding(lines, part, ({ login, account, fullName, fingerprint, userIds, status, uploadsTo }) => [
    login ?? account,
    fullName,
    fingerprint,
    ...userIds,
    status,
    ...uploadsTo.map(({ repository }) => repository),
  ]),
];

export const uploadersHolding = ({ lines, repositories }: Uploaders, part: string): Uploaders => ({
  lines: keysHolding(lines, part),
  repositories: [...holding(repositories, part, ({ repository }) => [repository])],
});

export const machinesHolding = (machines: Machines, part: string): Machines => ({
  ...machines,
  nodes: [...holding(machines.nodes, part, ({ node }) => [node])],
  remotes: [...holding(machines.remotes, part, ({ remote, tags }) => [remote, ...tags])],
  introductions: [...holding(machines.introductions, part, ({ remote, url }) => [remote, url])],
});

export const notificationsHolding = (told: Notifications, part: string): Notifications => ({
  ...told,
  always: [...holding(told.always, part, ({ of, logins }) => [of, ...logins])],
  subscriptions: [...holding(told.subscriptions, part, ({ login, wanted }) => [login, wanted])],
  webhooks: [...holding(told.webhooks, part, ({ host, wanted }) => [host, wanted])],
});
