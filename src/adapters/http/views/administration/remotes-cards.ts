import { type Html, html } from '../html.ts';
import { badge, clipped, row, table, time } from '../parts.ts';
import { commandLink, objectLink, placeUrl, standing } from './frame.ts';
import { type AskedOfLists, listed, listPager, none, someNames } from './lists.ts';
import type { MachinesModel, Refused, RemoteLine } from './machines-model.ts';

/** Lists of other instances. */
export type RemotesParts = Readonly<Record<'remotes' | 'refused' | 'asking', Html>>;

/** Other instances: those that builds are exchanged with, and those that ask to be known. */
export const remotesCards = ({ ownKeys }: MachinesModel, parts: RemotesParts): Html => html`
<section class="card"><h2>Remotes</h2><p class="quiet">Other instances. With those that are active on both sides builds are exchanged; what they sign is told by the key that was compared.</p>
<div id="remotes">${parts.remotes}</div>
<div id="refused">${parts.refused}</div>
<p>${commandLink('remote', { action: 'add' }, 'Add a remote')}</p>
<p class="small">Tell the administrators of others what to compare: ${ownKeys.length === 0 ? 'there is no key yet' : ownKeys.map((key) => html`<code>${key}</code> `)}</p></section>
<section class="card"><h2>Asking to be known</h2><p class="quiet">They hold the key that they came with. Who they are, only their administrators can tell: compare by another way than this network.</p>
<div id="asking">${parts.asking}</div></section>`;

const path = placeUrl('builders');

/** Of one page. */
const remotesOfPage = 12;

export const remotesParts = ({ remotes, introductions }: MachinesModel, asked: AskedOfLists): RemotesParts => {
  const list = listed(asked, 'remotes', remotes, remotesOfPage);
  return {
    remotes:
      list.found === 0
        ? none(asked, 'None is known.')
        : html`${remotesTable(list.items)}${listPager(path, asked, 'remotes', list)}`,
    refused: html`${refusedOf(remotes, asked)}`,
    asking: asking(introductions, asked),
  };
};

const remotesTable = (remotes: readonly RemoteLine[]): Html =>
  table(
    ['Instance', 'Tags', 'State', 'Load', 'Builds for', 'Key', ''],
    remotes.map((each) =>
      row(
        objectLink('remotes', each.remote),
        each.tags.join(' '),
        standing({ ...each.standing, reason: clipped(each.standing.reason) }),
        each.load === undefined
          ? undefined
          : html`${each.load.toFixed(2)} <span class="quiet">of ${each.room} places</span>`,
        someNames(each.chroots, 12),
        html`<code>${each.fingerprint}</code>`,
        deedsOf(each),
      ),
    ),
  );

const asking = (introductions: MachinesModel['introductions'], asked: AskedOfLists): Html => {
  const list = listed(asked, 'asking', introductions, remotesOfPage);
  if (list.found === 0) return none(asked, 'Nobody.');
  return html`${table(
    ['Instance', 'Since (UTC)', 'Key', ''],
    list.items.map(({ remote, url, fingerprint, at, refused }) =>
      row(
        html`${objectLink('remotes', remote)} <span class="quiet">${url}</span>`,
        time(at),
        html`<code>${fingerprint}</code>${refused.length > 0 && html` ${badge('others came', 'warn')} with another key for this address`}`,
        html`${commandLink('remote', { action: 'add', instance: remote }, 'Compare and add')} · ${commandLink('remote', { action: 'remove', instance: remote }, 'Dismiss')}`,
      ),
    ),
  )}${listPager(path, asked, 'asking', list)}`;
};

const deedsOf = ({ remote, active }: RemoteLine): Html =>
  html`${commandLink('remote', { action: active ? 'deactivate' : 'activate', instance: remote }, active ? 'Deactivate' : 'Activate')} · ${commandLink('remote', { action: 'check', instance: remote }, 'Check')} · ${commandLink('remote', { action: 'remove', instance: remote }, 'Remove')}`;

const refusedOf = (remotes: readonly RemoteLine[], asked: AskedOfLists): Html | false => {
  const all = remotes.flatMap(({ remote, refused }) => refused.map((each: Refused) => ({ remote, ...each })));
  const list = listed(asked, 'refused', all, remotesOfPage);
  return (
    list.found > 0 &&
    html`<h3>Refused</h3>${table(
      ['At (UTC)', 'In the name of', 'Rule', 'What happened'],
      list.items.map(({ at, remote, rule, fact }) => row(time(at), remote, html`<code>${rule}</code>`, clipped(fact))),
    )}${listPager(path, asked, 'refused', list)}`
  );
};
