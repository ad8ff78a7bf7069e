import { liveUrl } from '../../rendered-parts.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { urlWith } from '../listing.ts';
import { liveState } from '../live-state.ts';
import { badge, empty, row, table, time } from '../parts.ts';
import { commandLink, framed, objectLink, objectUrl, placeUrl, standing } from './frame.ts';
import { type AskedOfLists, listed, listPager, listsUrl, narrowed, none, someNames } from './lists.ts';
import type { MachinesModel, NotificationsModel } from './machines-model.ts';
import { type RemotesParts, remotesCards, remotesParts } from './remotes-cards.ts';

/** What builds, and other instances. */
export const machinesPage = (instance: Instance, model: MachinesModel, asked: AskedOfLists): string => {
  const parts = machinesParts(model, asked);
  return framed(instance, {
    title: 'Builders and remotes',
    at: 'builders',
    lists: asked,
    live: liveUrl(listsUrl(placeUrl('builders/live'), asked), parts),
    body: html`${liveState}
${narrowed(placeUrl('builders'), asked, 'Node or remote')}
<section class="card"><h2>Builder ${objectLink('builder', model.builder)}</h2>
<div id="builder">${parts.builder}</div>
<p class="small"><a href="${placeUrl('chroots')}">Chroots</a> that it builds in</p></section>
<section class="card"><h2>Nodes</h2><div id="nodes">${parts.nodes}</div>
<p class="small">${commandLink('node', { action: 'add' }, 'Add one')}</p></section>
${remotesCards(model, parts)}`,
  });
};

/** What reads otherwise while one looks. */
export const machinesParts = (
  model: MachinesModel,
  asked: AskedOfLists,
): Readonly<Record<'builder' | 'nodes' | keyof RemotesParts, Html>> => ({
  builder: builder(model),
  nodes: nodes(model, asked),
  ...remotesParts(model, asked),
});

const builder = ({ running, room, confinement }: MachinesModel): Html =>
  html`<p>${badge(running > 0 ? 'building' : 'idle', running > 0 ? 'busy' : 'good')} <a href="/mini_buildd/builds?state=building">${running} of ${room} places</a> are taken. How many there are is said by <code>MINI_BUILDD_BUILDS</code>.</p>
${table(
  ['What builds are given', 'State'],
  confinement.map(({ what, state }) =>
    row(what, state === true ? badge('given', 'good') : html`${badge('missing', 'warn')} ${state}`),
  ),
)}`;

const nodes = ({ nodes: all }: MachinesModel, asked: AskedOfLists): Html => {
  const list = listed(asked, 'nodes', all);
  if (list.found === 0)
    return none(asked, 'None: builders on the log of this instance, where that is in an event store.');
  return html`${table(
    ['Node', 'State', 'Builds', 'Chroots', ''],
    list.items.map(({ node, standing: stands, running, room, chroots }) =>
      row(
        html`<b>${objectLink('nodes', node)}</b>`,
        standing(stands),
        html`<a href="${urlWith('/mini_buildd/builds', { builder: node })}">${running} of ${room}</a>`,
        someNames(chroots, 12) || 'none yet',
        commandLink('node', { action: 'remove', node }, 'Remove …'),
      ),
    ),
  )}${listPager(placeUrl('builders'), asked, 'nodes', list)}`;
};

/** Who is told of what, and how that goes. */
export const notificationsPage = (instance: Instance, model: NotificationsModel, asked: AskedOfLists): string => {
  const parts = notificationsParts(model, asked);
  return framed(instance, {
    title: 'Notifications',
    at: 'notifications',
    lists: asked,
    live: liveUrl(listsUrl(placeUrl('notifications/live'), asked), parts),
    body: html`${liveState}
${narrowed(placeUrl('notifications'), asked, 'Login, package, distribution or host')}
<section class="card"><h2>Mail</h2><div id="mail">${parts.mail}</div></section>
<section class="card"><h2>Told of everything</h2><div id="always">${parts.always}</div><p class="small">Said by <code>notify</code> of <a href="${objectUrl('instance', 'instance', 'edit')}">the instance</a> and of <a href="${placeUrl('repositories')}">repositories</a>.</p></section>
<section class="card"><h2>Subscriptions</h2><div id="subscriptions">${parts.subscriptions}</div><p class="small">Everybody sees and changes their own on the page of <a href="/mini_buildd/account#subscriptions">their account</a>.</p></section>
<section class="card"><h2>Webhooks</h2><div id="webhooks">${parts.webhooks}</div><p>${commandLink('webhook', { action: 'add' }, 'Add a webhook')}</p></section>`,
  });
};

/** What reads otherwise while one looks. */
export const notificationsParts = (
  model: NotificationsModel,
  asked: AskedOfLists,
): Readonly<Record<'mail' | 'always' | 'subscriptions' | 'webhooks', Html>> => ({
  mail: html`${mail(model)}${owed(model)}`,
  always: always(model, asked),
  subscriptions: subscriptions(model, asked),
  webhooks: webhooks(model, asked),
});

const owed = ({ owed: news, moreOwed }: NotificationsModel): Html =>
  news.length === 0
    ? empty('Nobody waits to be told anything.')
    : html`${table(
        ['News', 'Package', 'Distribution', 'Since (UTC)', 'Still to be told'],
        news.map(({ kind, source, version, distribution, at, open }) =>
          row(kind, html`${source} ${version}`, distribution, time(at), open),
        ),
      )}${moreOwed > 0 && html`<p class="quiet">and ${moreOwed} more</p>`}`;

const always = (model: NotificationsModel, asked: AskedOfLists): Html => {
  const list = listed(asked, 'always', model.always);
  if (list.found === 0) return none(asked, 'Nobody.');
  return html`${table(
    ['Of what', 'Who'],
    list.items.map(({ of, logins }) => row(of, someNames(logins))),
  )}${listPager(placeUrl('notifications'), asked, 'always', list)}`;
};

const subscriptions = (model: NotificationsModel, asked: AskedOfLists): Html => {
  const list = listed(asked, 'subscriptions', model.subscriptions, 30);
  if (list.found === 0) return none(asked, 'Nobody has any.');
  return html`<p class="quiet">${list.found} found</p>${table(
    ['Who', 'Package:distribution', 'State', 'What happened'],
    list.items.map(({ login, account, wanted, standing: stands }) =>
      row(
        html`<a href="${objectUrl('accounts', account)}">${login}</a>`,
        wanted,
        standing(stands),
        html`<a href="/mini_buildd/history?stream=account-${account}" aria-label="History of ${wanted} of ${login}">history</a>`,
      ),
    ),
  )}${listPager(placeUrl('notifications'), asked, 'subscriptions', list)}`;
};

const webhooks = (model: NotificationsModel, asked: AskedOfLists): Html => {
  const list = listed(asked, 'webhooks', model.webhooks);
  if (list.found === 0) return none(asked, 'No program elsewhere is told.');
  return html`${table(
    ['Host', 'Package:distribution', 'State', ''],
    list.items.map(({ webhook, host, wanted, standing: stands }) =>
      row(
        html`<a href="${objectUrl('webhooks', webhook)}">${host}</a>`,
        wanted,
        standing(stands),
        commandLink('webhook', { action: 'remove', webhook }, 'Remove …'),
      ),
    ),
  )}${listPager(placeUrl('notifications'), asked, 'webhooks', list)}`;
};

const mail = ({ mailFrom, delay }: NotificationsModel) => {
  if (mailFrom === undefined)
    return html`<p>${badge('off', 'idle')} No mail is sent: <code>MINI_BUILDD_SMTP</code> says so.</p>`;
  return delay === undefined
    ? html`<p>${badge('on', 'good')} Mail is sent as ${mailFrom}.</p>`
    : html`<p>${badge('failing', 'bad')} ${delay.fact} <span class="quiet">since ${time(delay.since)} UTC; it is tried again</span></p>`;
};
