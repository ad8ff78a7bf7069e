import { ending } from '../ending.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { badge, empty, type Look, row, table, time } from '../parts.ts';
import { timelineOfMany } from '../timeline.ts';
import { type AdministrationReader, commandLink, facts, framed, objectLink, objectUrl } from './frame.ts';
import type { Standing } from './models.ts';
import type { AccountLine, AccountModel, UploaderLine, UploadersModel } from './people-model.ts';

/** Everybody who has an account. */
export const accountsPage = (instance: Instance, accounts: readonly AccountLine[]): string =>
  framed(instance, {
    title: 'Accounts',
    at: 'accounts',
    body: html`<p class="quiet">Who may log in, and what they may do. Names and addresses are kept beside the log, and can be forgotten.</p>
<section class="card">${
      accounts.length === 0
        ? empty('Nobody has one.')
        : table(
            ['Login', 'Name', 'Role', 'State', 'Since', 'Uploads to'],
            accounts.map((each) =>
              row(
                html`<a href="${objectUrl('accounts', each.account)}">${each.login ?? each.account}</a>`,
                html`${each.fullName ?? ''}${each.email !== null && each.email !== '' && html` <span class="quiet">${each.email}</span>`}`,
                each.role,
                badge(each.status, looks[each.status]),
                time(each.registeredAt),
                each.uploadsTo.join(', '),
              ),
            ),
          )
    }
<p>${commandLink('user', { action: 'add' }, 'Add an account')}</p></section>`,
  });

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
export const accountPage = (instance: Instance, model: AccountModel): string =>
  framed(instance, {
    title: `Account ${model.login ?? model.account}`,
    at: 'accounts',
    place: `accounts/${model.account}`,
    ...(model.login === null ? {} : { asked: shows(model.login) }),
    body: html`<section class="card"><h2>Who it is</h2><p>${badge(model.status, looks[model.status])} ${reasonFor(model)}</p>
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
  row('Is told of', model.subscriptions.join(', ')),
])}
${model.login !== null && html`<p>${deeds(model, model.login)}</p>`}</section>
${model.status === 'active' && model.ends !== undefined && html`<section class="card"><h2>If it were disabled</h2>${ending(model.ends)}</section>`}
<section class="card"><h2>What happened to it</h2>${model.happenings.length === 0 ? empty('Nothing.') : timelineOfMany(model.happenings)}</section>`,
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
  { lines, repositories }: UploadersModel,
  reader: AdministrationReader,
): string => {
  const [waiting, others] = [lines.filter(isWaiting), lines.filter((line) => !isWaiting(line))];
  return framed(instance, {
    title: 'Uploaders',
    at: 'uploaders',
    reader,
    body: html`<p class="quiet">Who may upload with the key they handed in. Compare the fingerprint with its owner, by another way than this, before you approve it.</p>
<section class="card"><h2>Waiting for approval</h2>${waiting.length === 0 ? empty('Nobody.') : waiting.map((line) => uploader(line, repositories, reader))}</section>
<section class="card"><h2>Approved</h2>${others.length === 0 ? empty('Nobody.') : others.map((line) => uploader(line, repositories, reader))}</section>
<section class="card"><h2>Uploads that need nobody’s approval</h2>${table(
      ['Repository', 'Unsigned uploads', 'Keyrings on the host'],
      repositories.map(({ repository, allowsUnauthenticated, keyrings }) =>
        row(
          repositoryLink(repository, reader),
          allowsUnauthenticated ? badge('taken', 'warn') : badge('refused', 'good'),
          keyrings.join(', '),
        ),
      ),
    )}</section>`,
  });
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
${mayUpload(line, ids, reader)}`;
};

/** Where somebody may upload to, each with the way to take it back; and where they may not yet. */
export const mayUpload = (
  { login, fingerprint, uploadsTo }: UploaderLine,
  repositories: readonly string[],
  reader: AdministrationReader,
): Html => {
  const free = repositories.filter((repository) => !uploadsTo.some((each) => each.repository === repository));
  return html`${uploadsTo.map(({ repository, suites, sources }) => html`<p>${badge('may upload', 'good')} to ${repositoryLink(repository, reader)}${suites !== null && html`, suites ${suites.join(', ')}`}${sources !== null && html`, packages ${sources.join(', ')}`}${login !== null && html` · ${commandLink('uploader', { action: 'revoke', login, repository }, 'Take it back …')}`}</p>`)}
${login !== null && free.length > 0 && html`<p>Approve for ${free.map((repository, index) => html`${index > 0 && ', '}${commandLink('uploader', { action: 'approve', login, repository, fingerprint }, repository)}`)}</p>`}`;
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
    : {
        state: 'may upload',
        look: 'good',
        reason: `to ${line.uploadsTo.map(({ repository }) => repository).join(', ')}`,
      };
};
