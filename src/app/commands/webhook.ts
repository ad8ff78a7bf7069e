import { randomBytes, randomUUID } from 'node:crypto';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { subscriptionWords } from '../../domain/account/subscription.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { SourceName } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { hookOf, placeOf, WebhookAddress } from '../../domain/webhook/address.ts';
import { type WebhookAdded, WebhookId } from '../../domain/webhook/events.ts';
import type { Answer } from '../../ports/api.ts';
import type { Voice } from '../../ports/tell.ts';
import { CallFailed, type WebhookCaller, type WebhookTargets } from '../../ports/webhooks.ts';
import type { World } from '../../projections/world.ts';
import { randomId } from '../accounts/add-account.ts';
import { endingOfWebhook, owedTo } from '../endings/ending-of-notices.ts';
import { action } from './account-arguments.ts';
import { orNothing } from './arguments.ts';
import type { ArgumentOf, Command } from './command.ts';
import { changingCommand, type Deed, type Planned } from './deed.ts';

export type WebhookParts = { readonly targets: WebhookTargets; readonly caller: WebhookCaller };

/** `webhook`: which programs elsewhere are told what becomes of packages. */
export const webhook = (world: World, { targets, caller }: WebhookParts, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'webhook',
    summary:
      'Lists, adds, removes and tests webhooks: programs that are told by HTTP, or run on the host, what becomes of packages',
    arguments: {
      action: action(['list', 'add', 'remove', 'test'], 'What to do'),
      webhook: maybe(
        WebhookId,
        'With remove and test: which one, by the id that list shows; with list: only this one',
        true,
      ),
      url: {
        ...maybe(WebhookAddress, 'With add: where it is called, or hook:NAME for a program in hooks.d', false),
        isPrivate: true,
        with: ['add'],
      },
      package: { ...maybe(SourceName, 'With add: only about this source package', false), with: ['add'] },
      distribution: { ...maybe(DistributionName, 'With add: only about this distribution', false), with: ['add'] },
    },
    privilege: 'admin',
    plan: (given) => {
      switch (given.action) {
        case 'list':
          return right(list(world, given.webhook));
        case 'add':
          return given.url === undefined
            ? left(refusal('bad-argument', '"url" is missing', 'say where it is called'))
            : add(
                given.url,
                { package: given.package ?? null, distribution: given.distribution ?? null },
                targets,
                world,
              );
        case 'remove':
          return given.webhook === undefined ? left(which) : remove(given.webhook, world, targets);
        case 'test':
          return given.webhook === undefined ? left(which) : test(given.webhook, targets, caller);
      }
    },
  });

const maybe = <A extends string>(
  codec: Parameters<typeof orNothing<A>>[0],
  summary: string,
  positional: boolean,
): ArgumentOf<A | undefined> => ({ codec: orNothing(codec), positional, short: undefined, fallback: '', summary });

const list = ({ webhooks, notices }: World, only: WebhookId | undefined): Answer => {
  const json = [...webhooks]
    .filter(([id]) => only === undefined || id === only)
    .map(([id, { host, wanted }]) => ({
      webhook: id,
      host,
      ...wanted,
      owed: owedTo({ reason: 'webhook', webhook: id }, notices).length,
      delayed: notices.callDelays.get(id) ?? null,
    }));
  const lines = json.map(
    ({ webhook: id, host, owed, delayed, ...wanted }) =>
      `${id}: ${host}, told of ${subscriptionWords(wanted)}, ${owed} owed${delayed === null ? '' : `, delayed since ${delayed.since}: ${delayed.fact}`}\n`,
  );
  return { json, plain: lines.length === 0 ? 'no webhooks\n' : lines.join('') };
};

/** The address first: one without its event is never called, an event without it would call nobody. */
const add = (
  url: string,
  wanted: Pick<WebhookAdded, 'package' | 'distribution'>,
  targets: WebhookTargets,
  { webhooks }: World,
): Planned => {
  if (hookOf(url) === undefined && !URL.canParse(url))
    return left(refusal('bad-argument', '"url" is no address', 'give one of http or https, or hook:NAME'));
  const id = randomId<WebhookId>();
  const host = placeOf(url);
  const isHook = hookOf(url) !== undefined;
  const there = [...webhooks].filter(([, each]) => each.host === host).map(([known]) => known);
  const others = there.length === 0 ? '' : `; told already: ${there.join(', ')}`;
  return right<never, Deed>({
    was: there,
    says: [{ command: 'AddWebhook', added: { type: 'WebhookAdded', webhook: id, host, ...wanted } }],
    would: () => ({
      json: { host, ...wanted },
      plain: `${host} would be told of ${subscriptionWords(wanted)}${isHook ? '' : '; the secret that signs the calls would be shown once'}${others}\n`,
    }),
    perform: async (say, begin) => {
      begin();
      const secret = randomBytes(32).toString('hex');
      await targets.put(id, { url, secret });
      const said = await say();
      if (isLeft(said)) return said;
      return right(
        isHook
          ? { json: { webhook: id, host }, plain: `${id} runs ${host}\n` }
          : {
              json: { webhook: id, host, secret },
              plain: `${id} is called at ${host}; its calls are signed with the secret ${secret}\n`,
            },
      );
    },
  });
};

/** Also of one that is not there: what an interruption left of its secret goes with it. */
const remove = async (id: WebhookId, world: World, targets: WebhookTargets): Promise<Planned> => {
  const { webhooks } = world;
  const known = webhooks.get(id);
  if (known === undefined && (await targets.get(id)) === undefined) return left(noWebhook(id));
  return right<never, Deed>({
    was: known,
    says: [{ command: 'RemoveWebhook', webhook: id }],
    would: () => ({
      json: { webhook: id, host: known?.host ?? null, removed: false },
      plain: `${id} would be removed${known === undefined ? '' : `: ${known.host} is told no more`}\n`,
      ends: endingOfWebhook(id, world),
    }),
    perform: async (say) => {
      const said = await say();
      if (isLeft(said)) return said;
      await targets.drop(id);
      return right({ json: { webhook: id, removed: true }, plain: `${id} is removed\n` });
    },
  });
};

/** What the other side makes of a call only the call itself shows. */
const test = async (id: WebhookId, targets: WebhookTargets, caller: WebhookCaller): Promise<Planned> => {
  const target = await targets.get(id);
  if (target === undefined) return left(noWebhook(id));
  const host = placeOf(target.url);
  return right<never, Deed>({
    was: undefined,
    says: [],
    would: () => ({ json: { webhook: id, host, taken: false }, plain: `${id} would be called at ${host}\n` }),
    perform: async (_, begin) => {
      begin();
      try {
        await caller.call({ target, id: randomUUID(), body: JSON.stringify({ kind: 'test', webhook: id }) });
        return right({ json: { webhook: id, taken: true }, plain: `${id} took the call\n` });
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        return left(
          refusal('call-failed', error.message, 'see to the program that is called, or add the webhook anew'),
        );
      }
    },
  });
};

const which = refusal('bad-argument', '"webhook" is missing', 'give the id that webhook list shows');

const noWebhook = (id: string): Refusal => refusal('no-webhook', `there is no webhook ${id}`, 'see webhook list');
