import { html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { badge, empty, row, table, time } from '../parts.ts';
import { commandLink, framed, objectLink, objectUrl, placeUrl, standing } from './frame.ts';
import type { MachinesModel, NotificationsModel } from './machines-model.ts';
import { remotesCards } from './remotes-cards.ts';

/** What builds, and other instances. */
export const machinesPage = (instance: Instance, model: MachinesModel): string =>
  framed(instance, {
    title: 'Builders and remotes',
    at: 'builders',
    body: html`<section class="card"><h2>Builder ${model.builder}</h2>
<p>${badge(model.running > 0 ? 'building' : 'idle', model.running > 0 ? 'busy' : 'good')} ${model.running} of ${model.room} places are taken. How many there are is said by <code>MINI_BUILDD_BUILDS</code>.</p>
${table(
  ['What builds are given', 'State'],
  model.confinement.map(({ what, state }) =>
    row(what, state === true ? badge('given', 'good') : html`${badge('missing', 'warn')} ${state}`),
  ),
)}
<p class="small"><a href="${placeUrl('chroots')}">Chroots</a> that it builds in</p></section>
${nodesCard(model)}
${remotesCards(model)}`,
  });

const nodesCard = ({ nodes }: MachinesModel) => html`<section class="card"><h2>Nodes</h2>
${
  nodes.length === 0
    ? empty('None: builders on the log of this instance, where that is in an event store.')
    : table(
        ['Node', 'State', 'Builds', 'Chroots', ''],
        nodes.map(({ node, standing: stands, running, room, chroots }) =>
          row(
            html`<b>${objectLink('nodes', node)}</b>`,
            standing(stands),
            `${running} of ${room}`,
            chroots.join(' ') || 'none yet',
            commandLink('node', { action: 'remove', node }, 'Remove …'),
          ),
        ),
      )
}
<p class="small">${commandLink('node', { action: 'add' }, 'Add one')}</p></section>`;

/** Who is told of what, and how that goes. */
export const notificationsPage = (instance: Instance, model: NotificationsModel): string =>
  framed(instance, {
    title: 'Notifications',
    at: 'notifications',
    body: html`<section class="card"><h2>Mail</h2>${mail(model)}
${
  model.owed.length === 0
    ? empty('Nobody waits to be told anything.')
    : html`${table(
        ['News', 'Package', 'Distribution', 'Since (UTC)', 'Still to be told'],
        model.owed.map(({ kind, source, version, distribution, at, open }) =>
          row(kind, html`${source} ${version}`, distribution, time(at), open),
        ),
      )}${model.moreOwed > 0 && html`<p class="quiet">and ${model.moreOwed} more</p>`}`
}</section>
<section class="card"><h2>Told of everything</h2>${
      model.always.length === 0
        ? empty('Nobody.')
        : table(
            ['Of what', 'Who'],
            model.always.map(({ of, logins }) => row(of, logins.join(', '))),
          )
    }<p class="small">Said by <code>notify</code> of <a href="${objectUrl('instance', 'instance', 'edit')}">the instance</a> and of <a href="${placeUrl('repositories')}">repositories</a>.</p></section>
<section class="card"><h2>Subscriptions</h2>${
      model.subscriptions.length === 0
        ? empty('Nobody has any.')
        : table(
            ['Who', 'Package:distribution'],
            model.subscriptions.map(({ login, account, wanted }) =>
              row(html`<a href="${objectUrl('accounts', account)}">${login}</a>`, wanted),
            ),
          )
    }</section>
<section class="card"><h2>Webhooks</h2>${
      model.webhooks.length === 0
        ? empty('No program elsewhere is told.')
        : table(
            ['Host', 'Package:distribution', 'State', ''],
            model.webhooks.map(({ webhook, host, wanted, standing: stands }) =>
              row(
                html`<a href="${objectUrl('webhooks', webhook)}">${host}</a>`,
                wanted,
                standing(stands),
                commandLink('webhook', { action: 'remove', webhook }, 'Remove …'),
              ),
            ),
          )
    }<p>${commandLink('webhook', { action: 'add' }, 'Add a webhook')}</p></section>`,
  });

const mail = ({ mailFrom, delay }: NotificationsModel) => {
  if (mailFrom === undefined)
    return html`<p>${badge('off', 'idle')} No mail is sent: <code>MINI_BUILDD_SMTP</code> says so.</p>`;
  return delay === undefined
    ? html`<p>${badge('on', 'good')} Mail is sent as ${mailFrom}.</p>`
    : html`<p>${badge('failing', 'bad')} ${delay.fact} <span class="quiet">since ${time(delay.since)} UTC; it is tried again</span></p>`;
};
