import type { AccountId } from '../../domain/account/events.ts';
import { subscriptionWords } from '../../domain/account/subscription.ts';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import type { Fingerprint } from '../../domain/debian/names.ts';
import type { WebhookId } from '../../domain/webhook/events.ts';
import type { Confinement } from '../../ports/builder.ts';
import type { Neighbours } from '../../ports/neighbours.ts';
import type { People } from '../../ports/people.ts';
import { claims } from '../../projections/build-queue.ts';
import type { SilentNodes } from '../../projections/node-leases.ts';
import { addedNodes, chrootsAt, type NodeStory } from '../../projections/nodes.ts';
import { type AddedRemote, addedRemotes, introductions } from '../../projections/remotes.ts';
import { load, type Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { senderOf } from '../accounts/sender-of.ts';
import { guests } from '../builders-now.ts';
import { owedTo } from '../endings/ending-of-notices.ts';
import { standingOf } from './standing.ts';
import { standingOfBuilder } from './standing-of-builder.ts';
import { standingOfNode, standingOfRemote, standingOfSubscriptions, standingOfWebhook } from './standing-of-others.ts';

export type MachineParts = {
  readonly world: World;
  readonly people: Pick<People, 'byAccount'>;
  readonly place: Place;
  readonly peers: Neighbours;
  readonly confinement: Confinement;
  readonly silentNodes: () => SilentNodes;
  readonly sendsMail: boolean;
};

/** What builds, and other instances. */
export const machinesPage = ({ world, place, peers, confinement, silentNodes }: MachineParts) => ({
  builder: place.builder,
  running: load(world, place),
  room: place.room,
  confinement: [
    { what: 'a network of their own, which reaches nothing', state: confinement.network },
    { what: 'processes of their own, which end with them', state: confinement.processes },
    { what: 'bounds to processes and memory', state: confinement.bounds },
  ],
  nodes: addedNodes(world.nodes).map((story) => nodeLine(story, world, silentNodes())),
  remotes: addedRemotes(world.remotes).map((story) =>
    remoteLine(story, peers.heard(story.remote)?.statement, signersOf(world.configuration)),
  ),
  introductions: introductions(world.remotes).flatMap(({ remote, introduced, refused }) =>
    introduced === undefined ? [] : [{ remote: remote as string, ...introduced, refused }],
  ),
  ownKeys: signersOf(world.configuration) as readonly string[],
});

export const builderLine = (world: World, place: Place) => ({
  builder: place.builder,
  standing: standingOfBuilder(world, place),
  running: load(world, place),
  room: place.room,
  guests: guests(world),
  chroots: [...world.templates].flatMap(([name, { chroot }]) =>
    chroot === undefined || place.architectures?.includes(chroot.architecture) === false
      ? []
      : [{ name, standing: standingOf('chroots', name, world) }],
  ),
  building: claims(world.builds, place.builder).map(({ id, requested: { source, version, architecture } }) => ({
    build: id,
    source: source as string,
    version: version as string,
    architecture: architecture as string,
  })),
});

export const nodeLine = (story: NodeStory, world: World, silent: SilentNodes) => ({
  node: story.node as string,
  standing: standingOfNode(story, silent),
  running: claims(world.builds, story.node).length,
  room: story.process?.room ?? 0,
  chroots: chrootsAt(story),
});

/** `said` is what it says of itself. */
export const remoteLine = (
  story: AddedRemote,
  said: NonNullable<ReturnType<Neighbours['heard']>>['statement'] | undefined,
  ownKeys: readonly Fingerprint[],
) => ({
  remote: story.remote as string,
  url: story.configured.url,
  fingerprint: story.configured.fingerprint as string,
  active: story.active,
  standing: standingOfRemote(story, said, ownKeys),
  state: story.state,
  repositories: story.repositories as readonly string[],
  tags: story.tags as readonly string[],
  wokenAt: story.woken?.at,
  chroots: story.chroots.map(({ codename, architecture }) => `${codename}/${architecture}`),
  load: said?.load,
  room: said?.room,
  isRunning: said?.running,
  trustsUs: said?.trusts.some((each) => ownKeys.includes(each)),
  refused: story.refused,
});

export const webhookLine = (webhook: WebhookId, { webhooks, notices }: World) => {
  const { host, wanted } = webhooks.get(webhook) ?? { host: '', wanted: { package: null, distribution: null } };
  return {
    webhook: webhook as string,
    host,
    wanted: subscriptionWords(wanted),
    owed: owedTo({ reason: 'webhook', webhook }, notices).length,
    standing: standingOfWebhook(notices.callDelays.get(webhook)),
  };
};

/** News that are shown of all that is owed. */
const shown = 20;

/** Who is told of what, and what is owed. */
export const notificationsPage = async ({ world, people, sendsMail }: MachineParts) => {
  const { configuration, notices, webhooks, accounts } = world;
  const owed = [...notices.owed.values()];
  const always = [
    { of: 'the instance', notify: configuration.instance?.notify ?? [] },
    ...[...configuration.repositories.values()].map(({ repository, notify }) => ({
      of: `repository ${repository}`,
      notify,
    })),
  ].filter(({ notify }) => notify.length > 0);
  return {
    mailFrom: sendsMail ? senderOf(configuration).address : undefined,
    delay: notices.delay,
    owed: owed.slice(0, shown).map(({ notice, open }) => ({
      kind: notice.kind as string,
      source: notice.source as string | undefined,
      version: notice.version as string | undefined,
      distribution: notice.distribution as string,
      at: notice.at,
      open: open.size,
    })),
    moreOwed: Math.max(0, owed.length - shown),
    webhooks: [...webhooks.keys()].map((webhook) => webhookLine(webhook, world)),
    subscriptions: (
      await Promise.all(
        [...accounts].map(async ([account, { subscriptions, status }]) => {
          const login = await loginOf(account, people);
          const standing = standingOfSubscriptions(status, sendsMail);
          return [...subscriptions.keys()].map((wanted) => ({ login, account: account as string, wanted, standing }));
        }),
      )
    ).flat(),
    always: await Promise.all(
      always.map(async ({ of, notify }) => ({
        of,
        logins: await Promise.all(notify.map((account) => loginOf(account, people))),
      })),
    ),
  };
};

const loginOf = async (account: AccountId, people: Pick<People, 'byAccount'>): Promise<string> =>
  (await people.byAccount(account))?.login ?? account;
