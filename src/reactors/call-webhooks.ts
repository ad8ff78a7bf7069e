import type { Observable } from 'rxjs';
import { isReader, type NotificationEvent, type Recipient, recipientKey } from '../domain/notification/events.ts';
import type { WebhookId } from '../domain/webhook/events.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { CallFailed, type WebhookCall, type WebhookCaller } from '../ports/webhooks.ts';
import type { Notice } from '../projections/notice.ts';
import type { World } from '../projections/world.ts';
import { longestTrial, pauses } from './notify.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What a webhook is told of a notice, the same each time; `undefined` when nobody knows where it is. */
export type CallOf = (notice: Notice, webhook: WebhookId) => Promise<WebhookCall | undefined>;

type OwedCall = { readonly notice: Notice; readonly to: Extract<Recipient, { reason: 'webhook' }> };

/**
 * Calls every webhook that is owed a call, each one call after the other. It is on record after the other side took it: whoever is killed in
 * between calls again, under the same delivery id.
 */
export const callWebhooks = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  caller: WebhookCaller,
  callOf: CallOf,
  newTurn: () => InTurn,
  tell: Tell,
): Observable<Fault> => {
  const turns = new Map<WebhookId, InTurn>();
  const turnOf = (webhook: WebhookId): InTurn => {
    const turn = turns.get(webhook) ?? newTurn();
    turns.set(webhook, turn);
    return turn;
  };
  return onceEach(world$, clock, {
    name: 'call-webhooks',
    owed: owedCalls,
    key: ({ notice, to }) => `${notice.id} ${to.webhook}`,
    pauses,
    work: (owed) =>
      turnOf(owed.to.webhook)(async () => {
        const { id } = owed.notice;
        const because = duty('call-webhooks', id, id);
        const came = await attempt(owed, clock.now(), world, caller, callOf);
        if (!(came instanceof CallFailed)) return tell({ command: 'Report', event: came }, because);
        if (world.notices.callDelays.get(owed.to.webhook)?.fact !== came.message) {
          const event = { type: 'NotificationDelayed', about: id, to: owed.to, fact: came.message } as const;
          await tell({ command: 'Report', event }, because);
        }
        throw came;
      }),
  });
};

const owedCalls = ({ notices }: World): readonly OwedCall[] =>
  [...notices.owed.values()].flatMap(({ notice, recipients, open }) =>
    recipients.flatMap((to) => (!isReader(to) && open.has(recipientKey(to)) ? [{ notice, to }] : [])),
  );

/** What came of it; a failure that may pass is given back as it is. */
const attempt = async (
  { notice, to }: OwedCall,
  now: number,
  { webhooks }: World,
  caller: WebhookCaller,
  callOf: CallOf,
): Promise<NotificationEvent | CallFailed> => {
  const about = notice.id;
  const skipped = (fact: string): NotificationEvent => ({ type: 'NotificationSkipped', about, to, fact });
  if (!webhooks.has(to.webhook)) return skipped('the webhook was removed');
  const call = await callOf(notice, to.webhook);
  if (call === undefined) return skipped('nobody knows its address any more');
  try {
    await caller.call(call);
    return { type: 'NotificationSent', about, to };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    if (now - Date.parse(notice.at) <= longestTrial) return error;
    return { type: 'NotificationFailed', about, to, fact: `no call was taken for three days: ${error.message}` };
  }
};
