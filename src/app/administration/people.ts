import type { Caller } from '../../domain/account/caller.ts';
import type { AccountId, RoleChanged } from '../../domain/account/events.ts';
import type { EventId } from '../../domain/ids.ts';
import { accountStream } from '../../domain/stream.ts';
import type { EventLog, RecordedEvent } from '../../ports/event-log.ts';
import type { People } from '../../ports/people.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { accountRows, uploaderRows } from '../accounts/account-rows.ts';
import { doers } from '../accounts/doers.ts';
import type { KeyParts } from '../accounts/uploader-keys.ts';
import { endingOfAccount } from '../endings/ending-of-account.ts';
import { happeningsOf } from '../pages/happenings.ts';

export type PeopleParts = KeyParts & {
  readonly world: World;
  readonly log: Pick<EventLog, 'query'>;
  readonly people: People;
  readonly now: () => number;
};

/** Events of one page. */
const pageLength = 20;

/** One account; `undefined` for one that never was. */
export const accountPage = async ({ world, log, people }: PeopleParts, account: string, caller: Caller) => {
  const story = world.accounts.get(account as AccountId);
  const [row] = story === undefined ? [] : await accountRows(new Map([[account as AccountId, story]]), people);
  if (story === undefined || row === undefined) return undefined;
  const stream = accountStream(account);
  const events = await log.query({ stream, limit: pageLength });
  const roles = await log.query({ stream, type: 'RoleChanged', limit: pageLength + 1 });
  const happenings = await happeningsOf(events, viewerOf(world.accounts, caller), doers(world.accounts, people));
  return {
    ...row,
    subscriptions: [...story.subscriptions.keys()],
    ends: await endingOfAccount({ command: 'DisableAccount', account: account as AccountId }, { world, people }),
    happenings: happenings.map((each) => ({ ...each, says: turnOfRole(each.id, roles) ?? each.says })),
  };
};

/** From which role to which; `undefined` for any other event. Every account begins as a user. */
const turnOfRole = (id: EventId, roles: readonly RecordedEvent[]): string | undefined => {
  const at = roles.findIndex((each) => each.id === id);
  const [to, from] = [roles[at], roles[at + 1]].map((each) => (each?.body as RoleChanged | undefined)?.role);
  return to && `role: ${from ?? 'user'} → ${to}`;
};

/** Keys that people handed in, and where uploads need no approval. */
export const uploadersPage = async (parts: PeopleParts) => ({
  lines: await uploaderRows(parts.world.accounts, parts.world.configuration, parts),
  repositories: [...parts.world.configuration.repositories.values()].map(
    ({ repository, allowUnauthenticated, uploaderKeyrings }) => ({
      repository: repository as string,
      allowsUnauthenticated: allowUnauthenticated,
      keyrings: uploaderKeyrings,
    }),
  ),
});
