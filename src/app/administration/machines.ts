import type { AccountId } from '../../domain/account/events.ts';
import { subscriptionWords } from '../../domain/account/subscription.ts';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import type { Confinement } from '../../ports/builder.ts';
import type { Neighbours } from '../../ports/neighbours.ts';
import type { People } from '../../ports/people.ts';
import { claims } from '../../projections/build-queue.ts';
import { addedNodes, chrootsAt } from '../../projections/nodes.ts';
import { addedRemotes, introductions } from '../../projections/remotes.ts';
import { load, type Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { senderOf } from '../accounts/sender-of.ts';

export type MachineParts = {
  readonly world: World;
  readonly people: Pick<People, 'byAccount'>;
  readonly place: Place;
  readonly peers: Neighbours;
  readonly confinement: Confinement;
  readonly sendsMail: boolean;
};

/** What builds, and other instances. */
export const machinesPage = ({ world, place, peers, confinement }: MachineParts) => ({
  builder: place.builder,
  running: load(world, place),
  room: place.room,
  confinement: [
    { what: 'a network of their own, which reaches nothing', state: confinement.network },
    { what: 'processes of their own, which end with them', state: confinement.processes },
    { what: 'bounds to processes and memory', state: confinement.bounds },
  ],
  nodes: addedNodes(world.nodes).map((story) => ({
    node: story.node as string,
    since: story.process?.since,
    addedAt: story.addedAt,
    running: claims(world.builds, story.node).length,
    room: story.process?.room ?? 0,
    chroots: chrootsAt(story),
  })),
  remotes: addedRemotes(world.remotes).map((story) => {
    const heard = peers.heard(story.remote)?.statement;
    return {
      remote: story.remote as string,
      url: story.configured.url,
      fingerprint: story.configured.fingerprint as string,
      active: story.active,
      repositories: story.repositories as readonly string[],
      tags: story.tags as readonly string[],
      wokenAt: story.wokenAt,
      state: story.state,
      since: story.since,
      because: story.lost?.fact,
      chroots: story.chroots.map(({ codename, architecture }) => `${codename}/${architecture}`),
      load: heard?.load,
      room: heard?.room,
      isRunning: heard?.running,
      trustsUs: heard?.trusts.some((each) => signersOf(world.configuration).includes(each)),
      refused: story.refused,
    };
  }),
  introductions: introductions(world.remotes).flatMap(({ remote, introduced, refused }) =>
    introduced === undefined ? [] : [{ remote: remote as string, ...introduced, refused }],
  ),
  ownKeys: signersOf(world.configuration) as readonly string[],
});

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
    webhooks: [...webhooks].map(([webhook, { host, wanted }]) => ({
      webhook: webhook as string,
      host,
      wanted: subscriptionWords(wanted),
      delay: notices.callDelays.get(webhook),
    })),
    subscriptions: (
      await Promise.all(
        [...accounts].map(async ([account, { subscriptions }]) => {
          const login = await loginOf(account, people);
          return [...subscriptions.keys()].map((wanted) => ({ login, account: account as string, wanted }));
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
