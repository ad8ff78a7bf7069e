import { isLeft } from 'fp-ts/lib/Either.js';
import type { BuildrequestCommand } from '../../domain/buildrequest/buildrequest.ts';
import type { Builder } from '../../ports/builder.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { RequestStory } from '../../projections/buildrequests.ts';
import { type GuestParts, guestOrder } from './guest-order.ts';
import { endedAs, makeResult } from './make-result.ts';

/** Builds what another instance wants, in a chroot of ours; or says why not. Rejects when the attempt says nothing. */
export const answerRequest = async (
  story: RequestStory,
  attempt: number,
  end: AbortSignal,
  parts: GuestParts & { readonly guests: Builder; readonly keyring: Pick<Keyring, 'clearsign' | 'verify'> },
): Promise<BuildrequestCommand> => {
  const { request } = story.received;
  const order = await guestOrder(story.received, attempt, parts);
  if (isLeft(order)) {
    const { rule, fact } = order.left;
    return { command: 'DeclineBuildrequest', request, rule, fact };
  }
  const result = await parts.guests.build(order.right, end);
  return {
    command: 'MakeBuildresult',
    made: await makeResult({ request, attempt }, order.right, endedAs(result), parts),
  };
};
