import type { Ending } from '../../../../ports/api.ts';
import { liveUrl } from '../../rendered-parts.ts';
import { ending } from '../ending.ts';
import type { Happening } from '../happening.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { liveState } from '../live-state.ts';
import { empty, type Row, row, table, time } from '../parts.ts';
import type { AskedBy } from '../same-as.ts';
import type { Standing } from '../standing.ts';
import { timelineOfMany } from '../timeline.ts';
import { happenedTo, listedOne } from './asked-by.ts';
import { type AdministrationReader, commandLink, facts, framed, objectUrl, sectionUrl, standing } from './frame.ts';
import type { NodeLine, RemoteLine, WebhookLine } from './machines-model.ts';
import type { UploaderLine } from './people-model.ts';
import { mayUpload, uploaderStanding } from './people-pages.ts';
import type { Shown } from './shown.ts';

/** What is looked after without being declared. `line` is `undefined` for what was here and is no more. */
export type KnownModel<Line> = {
  readonly line: Line | undefined;
  /** What would become of all about it if it were gone. */
  readonly ends: Ending | undefined;
  readonly happenings: readonly Happening[];
};

export type RemoteModel = KnownModel<RemoteLine> & { readonly asksToBeKnown: boolean };
export type UploaderModel = KnownModel<UploaderLine> & { readonly repositories: readonly string[] };

export const remotePage = (instance: Instance, remote: string, model: RemoteModel): Shown =>
  knownPage(instance, model, {
    title: `Remote ${remote}`,
    place: ['builders', 'remotes', remote],
    asked: listedOne('remote', 'instance', remote),
    standing: model.asksToBeKnown ? asksToBeKnown : undefined,
    missing: model.asksToBeKnown
      ? [
          commandLink('remote', { action: 'add', instance: remote }, 'Compare its key and add it'),
          commandLink('remote', { action: 'remove', instance: remote }, 'Dismiss …'),
        ]
      : [commandLink('remote', { action: 'add', instance: remote }, 'Add it again')],
    facts: (line) => [
      row('Address', html`<a href="${line.url}">${line.url}</a>`),
      row('Key', html`<code>${line.fingerprint}</code>`),
      row('Tags', line.tags.join(' ')),
      row('Builds of', line.repositories.length === 0 ? 'every repository' : line.repositories.join(', ')),
      row('Chroots', line.chroots.join(' ')),
      row('Load', line.load !== undefined && html`${line.load.toFixed(2)} of ${line.room} places`),
      row('Woken', line.wokenAt !== undefined && html`${time(line.wokenAt)} UTC`),
    ],
    deeds: ({ active }) => [
      commandLink(
        'remote',
        { action: active ? 'deactivate' : 'activate', instance: remote },
        active ? 'Deactivate …' : 'Activate',
      ),
      commandLink('remote', { action: 'check', instance: remote }, 'Ask it now'),
      commandLink('remote', { action: 'remove', instance: remote }, 'Remove …'),
    ],
    beside: ({ refused }) =>
      refused.length > 0 &&
      html`<section class="card"><h2>Refused in its name</h2>${table(
        ['At (UTC)', 'Rule', 'What happened'],
        refused.map(({ at, rule, fact }) => row(time(at), html`<code>${rule}</code>`, fact)),
      )}</section>`,
  });

const asksToBeKnown: Standing = {
  state: 'asks to be known',
  look: 'warn',
  reason: 'it holds the key that it came with; who it is, only its administrator can tell',
};

export const nodePage = (instance: Instance, node: string, model: KnownModel<NodeLine>): Shown =>
  knownPage(instance, model, {
    title: `Node ${node}`,
    place: ['builders', 'nodes', node],
    asked: listedOne('node', 'node', node),
    missing: [commandLink('node', { action: 'add', node }, 'Add it again')],
    facts: ({ running, room, chroots }) => [
      row('Builds', `${running} of ${room}`),
      row('Chroots', chroots.join(' ') || 'none yet'),
    ],
    deeds: () => [commandLink('node', { action: 'remove', node }, 'Remove …')],
  });

export const webhookPage = (instance: Instance, webhook: string, model: KnownModel<WebhookLine>): Shown =>
  knownPage(instance, model, {
    title: `Webhook ${model.line?.host ?? webhook}`,
    place: ['notifications', 'webhooks', webhook],
    asked: listedOne('webhook', 'webhook', webhook),
    missing: [commandLink('webhook', { action: 'add' }, 'Add another one')],
    facts: ({ wanted, owed }) => [
      row('Id', webhook),
      row('Is told of', wanted),
      row('Still to be told', `${owed} pieces of news`),
    ],
    deeds: () => [
      commandLink('webhook', { action: 'test', webhook }, 'Call it now'),
      commandLink('webhook', { action: 'remove', webhook }, 'Remove …'),
    ],
  });

/** Staff see it too: they approve keys. */
export const uploaderPage = (
  instance: Instance,
  account: string,
  model: UploaderModel,
  reader: AdministrationReader,
): Shown =>
  knownPage(instance, model, {
    title: `Uploader ${model.line?.login ?? account}`,
    place: ['uploaders', 'uploaders', account],
    asked: model.line?.login == null ? happenedTo(account) : listedOne('uploader', 'login', model.line.login),
    reader,
    standing: model.line && uploaderStanding(model.line),
    missing: [],
    facts: ({ fingerprint, userIds, expiresAt, fullName }) => [
      row('Name', fullName ?? ''),
      row('Key', html`<code>${fingerprint}</code>`),
      row('Says it is of', userIds.join(', ')),
      row('Good until', expiresAt !== null && html`${time(expiresAt)} UTC`),
      row('What it signed', html`<a href="/mini_buildd/history?actor=${fingerprint}">in the history</a>`),
    ],
    deeds: () => [],
    beside: (line) =>
      html`<section class="card"><h2>Where it may upload to</h2>${line.uploadsTo.length === 0 && empty('Nowhere.')}${mayUpload(line, model.repositories, reader)}</section>`,
  });

type Said<Line> = {
  readonly title: string;
  /** The place in administration that it belongs to, the kind of page, and the name. */
  readonly place: readonly [string, string, string];
  readonly asked: AskedBy;
  readonly reader?: AdministrationReader;
  /** Where the line does not say it. */
  readonly standing?: Standing | undefined;
  /** What may be done when it is not there. */
  readonly missing: readonly Html[];
  readonly facts: (line: Line) => readonly Row[];
  readonly deeds: (line: Line) => readonly Html[];
  readonly beside?: (line: Line) => Content;
};

/** How it does and why, what may be done with it, what would go with it, and what happened to it. */
export const knownPage = <Line extends object>(
  instance: Instance,
  { line, ends, happenings }: KnownModel<Line>,
  said: Said<Line>,
): Shown => {
  const [at, kind, name] = said.place;
  const stands = said.standing ?? (line !== undefined && 'standing' in line ? (line.standing as Standing) : undefined);
  const deeds = line === undefined ? said.missing : said.deeds(line);
  const parts = {
    standing: html`<p>${stands === undefined ? 'It is not there any more.' : standing(stands)}</p>
${line !== undefined && facts(said.facts(line))}
${deeds.length > 0 && html`<p>${deeds.map((each, index) => html`${index > 0 && ' · '}${each}`)}</p>`}`,
    beside: html`${line !== undefined && said.beside?.(line)}`,
    history: happenings.length === 0 ? empty('Nothing that you may see.') : timelineOfMany(happenings),
  };
  const page = (): string =>
    framed(instance, {
      title: said.title,
      at,
      place: `${kind}/${encodeURIComponent(name)}`,
      asked: said.asked,
      live: liveUrl(objectUrl(kind, name, 'live'), parts),
      ...(said.reader === undefined ? {} : { reader: said.reader }),
      body: html`${liveState}
<section class="card"><h2>How it does</h2><div id="standing">${parts.standing}</div></section>
<div id="beside">${parts.beside}</div>
${ends !== undefined && html`<section class="card"><h2>If it were gone</h2>${ending(ends)}</section>`}
<section class="card"><h2>What happened to it</h2><div id="history">${parts.history}</div></section>
<p class="quiet"><a href="${sectionUrl(at)}">All of them</a></p>`,
    });
  return { page, parts };
};
