import type { Refusal } from '../../../domain/refusal.ts';
import type { Argument, CommandDescription } from '../../../ports/api.ts';
import { liveUrl } from '../rendered-parts.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { type Listed, pager, urlWith } from './listing.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { empty } from './parts.ts';
import { refusals } from './refused.ts';
import { sameHelp, sameView } from './same-as.ts';

/** How a list is narrowed: by arguments of the command that lists the same. `offered`: values that are known of each. */
export type ListForm = {
  readonly command: CommandDescription;
  readonly typed: Readonly<Record<string, string>>;
  readonly offered: Readonly<Record<string, readonly string[]>>;
};

export type ShownList = Omit<Listed<unknown>, 'items'> & { readonly table: Html };

/** One page of a list, with the form that narrows it. */
export const listPage = (instance: Instance, form: ListForm, shown: ShownList): string => {
  const { command, typed } = form;
  const { page: _, ...filters } = typed;
  const nth = shown.page === 1 ? undefined : shown.page;
  const parts = listParts(form, shown);
  return framed(
    instance,
    form,
    html`${liveState}
<section class="card" id="list" aria-label="${titleOf(command)}">${parts.list}</section>
${sameView(instance, { path: pathOf(command), query: { ...filters, page: nth }, command: command.name, said: saidPage(command) })}`,
    liveUrl(urlWith(listLivePath(command.name), typed), parts),
  );
};

/** What reads otherwise as time goes on. */
export const listParts = ({ command, typed }: ListForm, shown: ShownList): { readonly list: Html } => {
  const { page: _, ...filters } = typed;
  const urlOf = (nth: number): string => urlWith(pathOf(command), { ...filters, page: nth });
  const { covers, before, olderTypes } = says[command.name] ?? untold;
  return {
    list: html`<p class="quiet">${shown.found} found. ${covers}</p>
${shown.found === 0 ? empty('Nothing is so.') : shown.table}
${pager(shown, urlOf, 'list')}
<p class="quiet"><a href="${urlWith('/mini_buildd/history', { type: olderTypes, distribution: typed.distribution })}">${before}</a></p>`,
  };
};

/** A command that lists something else without a page is told the first one. */
const saidPage = ({ arguments: known }: CommandDescription): Readonly<Record<string, string>> =>
  known.some(({ name, fallback }) => name === 'page' && fallback === '') ? { page: '1' } : {};

/** What was typed, and what is wrong with it. */
export const badListPage = (instance: Instance, form: ListForm, because: readonly Refusal[]): string =>
  framed(
    instance,
    form,
    html`${refusals(because)}
${sameHelp(instance, pathOf(form.command), form.command.name)}`,
  );

const framed = (instance: Instance, form: ListForm, body: Html, live?: string): string =>
  page({
    title: `${titleOf(form.command)} – ${instance.name}`,
    instance,
    ...(live !== undefined && { live }),
    body: html`<h1>${titleOf(form.command)}</h1>
<form class="card filters" action="${pathOf(form.command)}">${form.command.arguments.filter(({ name }) => name !== 'page').map((each) => field(each, form))}
<p><button>Show</button> <a href="${pathOf(form.command)}">Everything</a></p></form>
${body}`,
  });

const field = ({ name, words, fallback = '' }: Argument, { typed, offered }: ListForm): Html => {
  const id = `by-${name}`;
  const known = offered[name] ?? [];
  return html`<p><label for="${id}">${labels[name] ?? name}</label>${
    words === undefined
      ? html`<input id="${id}" name="${name}" value="${typed[name] ?? ''}" maxlength="300" autocapitalize="none" spellcheck="false"${known.length > 0 && html` list="known-${name}"`}>${known.length > 0 && html`<datalist id="known-${name}">${known.map((value) => html`<option value="${value}">`)}</datalist>`}`
      : html`<select id="${id}" name="${name}">${words.map((word) => html`<option${word === (typed[name] ?? fallback) && html` selected`}>${word}</option>`)}</select>`
  }</p>
`;
};

/** Beside the lists, not below: a repository may be called `live`. */
export const listLivePath = (name: string): string => `/mini_buildd/lists/${name}/live`;

const pathOf = ({ name }: CommandDescription): string => `/mini_buildd/${name}`;

const titleOf = ({ name }: CommandDescription): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

const labels: Readonly<Record<string, string>> = {
  state: 'State',
  name: 'Name',
  kind: 'Kind',
  codename: 'Codename',
  architecture: 'Architecture',
  distribution: 'Distribution',
  builder: 'Builder',
  source: 'Source package',
  version: 'Version',
  changes: 'SHA-256 of the .changes',
};

const untold = { covers: '', before: 'History', olderTypes: undefined };

/** What a list holds, and where the rest is told: by which event. */
const says: Readonly<
  Record<string, Record<'covers' | 'before', string> & { readonly olderTypes: string | undefined }>
> = {
  builds: {
    covers: 'All that are under way, the last wanted first; then the last 200 that ended.',
    before: 'Every build ever wanted is in the history',
    olderTypes: 'BuildRequested',
  },
  uploads: {
    covers: 'All that ever came, the last first.',
    before: 'What happened to each is in the history',
    olderTypes: 'UploadReceived',
  },
  machines: {
    covers: 'This builder, nodes on its log, other instances, and the chroots here, in this order.',
    before: 'When chroots were prepared is in the history',
    olderTypes: 'ChrootPrepared',
  },
  repositories: {
    covers: 'In order of their names, each with the distributions it consists of.',
    before: 'When each was configured is in the history',
    olderTypes: 'RepositoryConfigured',
  },
};
