import { isLeft } from 'fp-ts/lib/Either.js';
import type { BuildrequestCommand } from '../../domain/buildrequest/buildrequest.ts';
import type { Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { Builder } from '../../ports/builder.ts';
import type { Checker } from '../../ports/checker.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { RequestStory } from '../../projections/buildrequests.ts';
import { guestChecks } from './guest-checks.ts';
import { type GuestParts, guestOrder } from './guest-order.ts';
import { endedAs, makeResult } from './make-result.ts';

/** Builds what another instance wants, and checks it, in chroots of ours; or says why not. Rejects when the attempt says nothing. */
export const answerRequest = async (
  story: RequestStory,
  attempt: number,
  end: AbortSignal,
  parts: GuestParts & {
    readonly guests: Builder;
    readonly guestChecker: Checker;
    readonly keyring: Pick<Keyring, 'clearsign' | 'verify'>;
    /** Files of the exchange that are at work, and that no event names yet. */
    readonly inUse: Set<Sha256>;
  },
): Promise<BuildrequestCommand> => {
  const { request } = story.received;
  const order = await guestOrder(story.received, attempt, parts);
  if (isLeft(order)) {
    const { rule, fact } = order.left;
    return { command: 'DeclineBuildrequest', request, rule, fact };
  }
  const held = new Set(order.right.sources.map(({ sha256 }) => sha256));
  const hold = (files: readonly StoredFile[]): void => {
    for (const { sha256 } of files) held.add(sha256);
    for (const sha256 of held) parts.inUse.add(sha256);
  };
  try {
    hold([]);
    const result = await parts.guests.build(order.right, end);
    const ended = endedAs(result);
    hold([...ended.products, ...(ended.log === null ? [] : [ended.log])]);
    const checks = result.outcome === 'succeeded' ? await guestChecks(order.right, result, end, parts) : [];
    const made = await makeResult({ request, attempt }, order.right, { ...ended, checks }, parts);
    return { command: 'MakeBuildresult', made };
  } finally {
    for (const sha256 of held) parts.inUse.delete(sha256);
  }
};
