import type { Caller } from '../../domain/account/caller.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { accountStream } from '../../domain/stream.ts';
import type { EventLog } from '../../ports/event-log.ts';
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
  const events = await log.query({ stream: accountStream(account), limit: pageLength });
  return {
    ...row,
    subscriptions: [...story.subscriptions.keys()],
    ends: await endingOfAccount({ command: 'DisableAccount', account: account as AccountId }, { world, people }),
    happenings: await happeningsOf(events, viewerOf(world.accounts, caller), doers(world.accounts, people)),
  };
};

/** Keys that people handed in, and where uploads need no approval. */
export const uploadersPage = async (parts: PeopleParts) => ({
  lines: await uploaderRows(parts.world.accounts, parts),
  repositories: [...parts.world.configuration.repositories.values()].map(
    ({ repository, allowUnauthenticated, uploaderKeyrings }) => ({
      repository: repository as string,
      allowsUnauthenticated: allowUnauthenticated,
      keyrings: uploaderKeyrings,
    }),
  ),
});
