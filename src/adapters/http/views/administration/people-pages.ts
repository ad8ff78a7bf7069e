import { liveUrl } from '../../rendered-parts.ts';
import { ending } from '../ending.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { liveState } from '../live-state.ts';
import { mayUploadTo } from '../may-upload.ts';
import { badge, empty, type Look, row, table, time } from '../parts.ts';
import type { Standing } from '../standing.ts';
import { doneUrl, timelineOfMany } from '../timeline.ts';
import { happenedTo } from './asked-by.ts';
import { type AdministrationReader, commandLink, facts, framed, objectLink, objectUrl, placeUrl } from './frame.ts';
import { type AskedOfLists, listed, listPager, listsUrl, narrowed, none, someNames } from './lists.ts';
import type { AccountLine, AccountModel, UploaderLine, UploadersModel } from './people-model.ts';
import type { Shown } from './shown.ts';

/** Everybody who has an account. */
export const accountsPage = (instance: Instance, accounts: readonly AccountLine[], asked: AskedOfLists): string => {
  const parts = accountsParts(accounts, asked);
  return framed(instance, {
    title: 'Accounts',
    at: 'accounts',
    lists: asked,
    live: liveUrl(listsUrl(placeUrl('accounts/live'), asked), parts),
    body: html`<p class="quiet">Who may log in, and what they may do. Names and addresses are kept beside the log, and can be forgotten.</p>
${liveState}
<section class="card">${narrowed(placeUrl('accounts'), asked, 'Login, name, address or role')}
<div id="accounts">${parts.accounts}</div>
<p>${commandLink('user', { action: 'add' }, 'Add an account')}</p></section>`,
  });
};

/** What reads otherwise while one looks. */
export const accountsParts = (
  accounts: readonly AccountLine[],
  asked: AskedOfLists,
): Readonly<Record<'accounts', Html>> => {
  const list = listed(asked, 'accounts', accounts);
  if (list.found === 0) return { accounts: none(asked, 'Nobody has one.') };
  return {
    accounts: html`<p class="quiet">${list.found} found</p>${table(
      ['Login', 'Name', 'Role', 'State', 'Since', 'Uploads to'],
      list.items.map((each) =>
        row(
          html`<a href="${objectUrl('accounts', each.account)}">${each.login ?? each.account}</a>`,
          html`${each.fullName ?? ''}${each.email !== null && each.email !== '' && html` <span class="quiet">${each.email}</span>`}`,
          each.role,
          badge(each.status, looks[each.status]),
          time(each.registeredAt),
          someNames(each.uploadsTo),
        ),
      ),
    )}${listPager(placeUrl('accounts'), asked, 'accounts', list)}`,
  };
};

const looks: Readonly<Record<AccountLine['status'], Look>> = {
  registered: 'busy',
  active: 'good',
  disabled: 'warn',
  erased: 'idle',
};

const shows = (login: string) => ({
  command: 'user',
  given: { action: 'show', login },
  positional: ['action', 'login'],
});

/** One account. */
export const accountPage = (instance: Instance, model: AccountModel): Shown => {
  const parts = accountParts(model);
  const page = (): string =>
    framed(instance, {
      title: `Account ${model.login ?? model.account}`,
      at: 'accounts',
      place: `accounts/${model.account}`,
      live: liveUrl(objectUrl('accounts', model.account, 'live'), parts),
      asked: model.login === null ? happenedTo(model.account) : shows(model.login),
      body: html`${liveState}
<section class="card"><h2>Who it is</h2><div id="standing">${parts.standing}</div></section>
${model.status === 'active' && model.ends !== undefined && html`<section class="card"><h2>If it were disabled</h2>${ending(model.ends)}</section>`}
<section class="card"><h2>What happened to it</h2><div id="history">${parts.history}</div></section>`,
    });
  return { page, parts };
};

const accountParts = (model: AccountModel): Readonly<Record<'standing' | 'history', Html>> => ({
  standing: html`<p>${badge(model.status, looks[model.status])} ${reasonFor(model)}</p>
${facts([
  row('Account', model.account),
  row('Name', model.fullName ?? ''),
  row('Address for mail', model.email ?? ''),
  row('Role', model.role),
  row('Since', html`${time(model.registeredAt)} UTC`),
  row('Tokens', model.tokens),
  row(
    'Key',
    model.key !== null && html`<a href="${objectUrl('uploaders', model.account)}"><code>${model.key}</code></a>`,
  ),
  row(
    'Uploads to',
    model.uploadsTo.map((each) => html`${objectLink('repositories', each)} `),
  ),
  row('Is told of', someNames(model.subscriptions, 30)),
])}
<p><a href="${doneUrl(model.login ?? model.account)}">Everything it did</a>${model.login !== null && html` · ${deeds(model, model.login)}`}</p>`,
  history: model.happenings.length === 0 ? empty('Nothing.') : timelineOfMany(model.happenings),
});

const reasonFor = ({ status }: Pick<AccountLine, 'status'>): string =>
  ({
    registered: 'registered, and waits for the link in the mail to be used',
    active: 'may log in',
    disabled: 'may not log in; what they did stays',
    erased: 'forgotten; what the account did stays, without a name',
  })[status];

/** What may be done with it now, each with what it comes to before it is done. */
const deeds = ({ status }: AccountLine, login: string): Content => {
  const link = (action: string, says: string): Html => commandLink('user', { action, login }, says);
  const all = [
    ...(status === 'registered' ? [link('activate', 'Activate')] : []),
    ...(status === 'active' ? [link('role', 'Another role'), link('disable', 'Disable')] : []),
    ...(status === 'disabled' ? [link('enable', 'Enable'), link('erase', 'Erase …')] : []),
    ...(status === 'erased' ? [] : [link('edit', 'Name and address'), link('password', 'New password')]),
  ];
  return all.map((each, index) => html`${index > 0 && ' · '}${each}`);
};

/** Keys that people handed in, those first that wait. */
export const uploadersPage = (
  instance: Instance,
  model: UploadersModel,
  reader: AdministrationReader,
  asked: AskedOfLists,
): string => {
  const parts = uploadersParts(model, reader, asked);
  return framed(instance, {
    title: 'Uploaders',
    at: 'uploaders',
    reader,
    lists: asked,
    live: liveUrl(listsUrl(placeUrl('uploaders/live'), asked), parts),
    body: html`<p class="quiet">Who may upload with the key they handed in. Compare the fingerprint with its owner, by another way than this, before you approve it.</p>
${liveState}
${narrowed(placeUrl('uploaders'), asked, 'Login, name, key or repository')}
<section class="card"><h2>Waiting for approval</h2><div id="waiting">${parts.waiting}</div></section>
<section class="card"><h2>Approved</h2><div id="approved">${parts.approved}</div></section>
<section class="card"><h2>Uploads that need nobody’s approval</h2><div id="open">${parts.open}</div></section>`,
  });
};

/** Of one list of keys: a key may be approved for many repositories. */
const keysOfPage = 8;

/** What reads otherwise while one looks. */
export const uploadersParts = (
  { lines, repositories }: UploadersModel,
  reader: AdministrationReader,
  asked: AskedOfLists,
): Readonly<Record<'waiting' | 'approved' | 'open', Html>> => {
  const path = placeUrl('uploaders');
  const keys = (id: string, of: readonly UploaderLine[]): Html => {
    const list = listed(asked, id, of, keysOfPage);
    if (list.found === 0) return none(asked, 'Nobody.');
    return html`${list.items.map((line) => uploader(line, repositories, reader))}${listPager(path, asked, id, list)}`;
  };
  const open = listed(asked, 'open', repositories);
  return {
    waiting: keys('waiting', lines.filter(isWaiting)),
    approved: keys(
      'approved',
      lines.filter((line) => !isWaiting(line)),
    ),
    open: html`${table(
      ['Repository', 'Unsigned uploads', 'Keyrings on the host'],
      open.items.map(({ repository, allowsUnauthenticated, keyrings }) =>
        row(
          repositoryLink(repository, reader),
          allowsUnauthenticated ? badge('taken', 'warn') : badge('refused', 'good'),
          someNames(keyrings),
        ),
      ),
    )}${listPager(path, asked, 'open', open)}`,
  };
};

const isWaiting = ({ status, uploadsTo }: UploaderLine): boolean => status === 'active' && uploadsTo.length === 0;

/** Where its reader may look at it. */
const repositoryLink = (repository: string, reader: AdministrationReader): Html =>
  reader === 'admin'
    ? objectLink('repositories', repository)
    : html`<a href="/mini_buildd/repositories/${repository}">${repository}</a>`;

const uploader = (
  line: UploaderLine,
  repositories: UploadersModel['repositories'],
  reader: AdministrationReader,
): Html => {
  const { account, login, fullName, status, fingerprint, userIds, expiresAt, concern } = line;
  const ids = repositories.map(({ repository }) => repository);
  return html`<h3><a href="${objectUrl('uploaders', account)}">${login ?? account}</a> <span class="quiet">${fullName ?? ''}</span> ${status !== 'active' && badge(status, looks[status])}</h3>
<p><code>${fingerprint}</code> <span class="quiet">${userIds.join(', ')}${expiresAt !== null && html`, until ${time(expiresAt)}`}</span>${concern !== null && html` ${badge('concern', 'warn')} ${concern}`}</p>
${mayUpload(line, ids, reader, mostInList)}`;
};

/** Repositories that are named of one key in the list; its own page names all. */
const mostInList = 3;

/** Where somebody may upload to, each with the way to take it back; and where they may not yet. */
export const mayUpload = (
  { account, login, fingerprint, uploadsTo }: UploaderLine,
  repositories: readonly string[],
  reader: AdministrationReader,
  most = repositories.length + uploadsTo.length,
): Html => {
  const free = repositories.filter((repository) => !uploadsTo.some((each) => each.repository === repository));
  const more = (left: number): Html | false =>
    left > 0 && html`<a href="${objectUrl('uploaders', account)}">and ${left} more</a>`;
  return html`${uploadsTo.slice(0, most).map((each) => html`<p>${mayUploadTo(repositoryLink(each.repository, reader), each)}${login !== null && html` · ${commandLink('uploader', { action: 'revoke', login, repository: each.repository }, 'Take it back …')}`}</p>`)}${more(uploadsTo.length - most)}
${login !== null && free.length > 0 && html`<p>Approve for ${free.slice(0, most).map((repository, index) => html`${index > 0 && ', '}${commandLink('uploader', { action: 'approve', login, repository, fingerprint }, repository)}`)} ${more(free.length - most)}</p>`}`;
};

const uploading = ({ uploadsTo }: UploaderLine): Standing => {
  const named = (isConfigured: boolean): string =>
    uploadsTo.flatMap(({ repository, configured }) => (configured === isConfigured ? [repository] : [])).join(', ');
  return uploadsTo.some(({ configured }) => configured)
    ? { state: 'may upload', look: 'good', reason: `to ${named(true)}` }
    : { state: 'kept', look: 'idle', reason: `for ${named(false)}, not configured now` };
};

export const uploaderStanding = (line: UploaderLine): Standing => {
  if (line.status !== 'active') return { state: line.status, look: looks[line.status], reason: reasonFor(line) };
  if (line.concern !== null) return { state: 'concern', look: 'warn', reason: line.concern };
  return isWaiting(line)
    ? {
        state: 'waits for approval',
        look: 'warn',
        reason: 'compare the fingerprint with its owner, by another way than this',
      }
    : uploading(line);
};
