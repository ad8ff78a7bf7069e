import { type Html, html } from '../html.ts';
import { badge, empty, row, table, time } from '../parts.ts';
import { commandLink, objectLink, standing } from './frame.ts';
import type { MachinesModel, Refused, RemoteLine } from './machines-model.ts';

/** Other instances: those that builds are exchanged with, and those that ask to be known. */
export const remotesCards = ({ remotes, introductions, ownKeys }: MachinesModel): Html => html`
<section class="card"><h2>Remotes</h2><p class="quiet">Other instances. With those that are active on both sides builds are exchanged; what they sign is told by the key that was compared.</p>
${
  remotes.length === 0
    ? empty('None is known.')
    : table(
        ['Instance', 'Tags', 'State', 'Load', 'Builds for', 'Key', ''],
        remotes.map((each) =>
          row(
            objectLink('remotes', each.remote),
            each.tags.join(' '),
            standing(each.standing),
            each.load === undefined
              ? undefined
              : html`${each.load.toFixed(2)} <span class="quiet">of ${each.room} places</span>`,
            each.chroots.join(' '),
            html`<code>${each.fingerprint}</code>`,
            deedsOf(each),
          ),
        ),
      )
}
${refusedOf(remotes)}
<p>${commandLink('remote', { action: 'add' }, 'Add a remote')}</p>
<p class="small">Tell the administrators of others what to compare: ${ownKeys.length === 0 ? 'there is no key yet' : ownKeys.map((key) => html`<code>${key}</code> `)}</p></section>
<section class="card"><h2>Asking to be known</h2><p class="quiet">They hold the key that they came with. Who they are, only their administrators can tell: compare by another way than this network.</p>
${
  introductions.length === 0
    ? empty('Nobody.')
    : table(
        ['Instance', 'Since (UTC)', 'Key', ''],
        introductions.map(({ remote, url, fingerprint, at, refused }) =>
          row(
            html`${objectLink('remotes', remote)} <span class="quiet">${url}</span>`,
            time(at),
            html`<code>${fingerprint}</code>${refused.length > 0 && html` ${badge('others came', 'warn')} with another key for this address`}`,
            html`${commandLink('remote', { action: 'add', instance: remote }, 'Compare and add')} · ${commandLink('remote', { action: 'remove', instance: remote }, 'Dismiss')}`,
          ),
        ),
      )
}</section>`;

const deedsOf = ({ remote, active }: RemoteLine): Html =>
  html`${commandLink('remote', { action: active ? 'deactivate' : 'activate', instance: remote }, active ? 'Deactivate' : 'Activate')} · ${commandLink('remote', { action: 'check', instance: remote }, 'Check')} · ${commandLink('remote', { action: 'remove', instance: remote }, 'Remove')}`;

const refusedOf = (remotes: readonly RemoteLine[]): Html | false => {
  const all = remotes.flatMap(({ remote, refused }) => refused.map((each: Refused) => ({ remote, ...each })));
  return (
    all.length > 0 &&
    html`<h3>Refused</h3>${table(
      ['At (UTC)', 'In the name of', 'Rule', 'What happened'],
      all.map(({ at, remote, rule, fact }) => row(time(at), remote, html`<code>${rule}</code>`, fact)),
    )}`
  );
};
