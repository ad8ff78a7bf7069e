import type { BuildId } from '../../../domain/ids.ts';
import type { Found } from '../logs/find-in-log.ts';
import type { LogWindow } from '../logs/log-window.ts';
import type { BuildModel } from './build-model.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { logLines } from './log-lines.ts';
import { page } from './page.ts';
import { buildUrl, empty } from './parts.ts';
import { sameView } from './same-as.ts';

/** The log of a build with what one does with it, and one of its lines marked. Without a script it is a look at its end, and every control a link to a page. */
export const logView = (build: BuildId, window: LogWindow, marked?: number): Html => {
  const { first, lines, of, isGrowing } = window;
  return html`<div class="log-view" data-log="${logUrl(build)}" data-first="${first}" data-last="${first + lines.length - 1}" data-of="${of}"${isGrowing && html` data-growing="true"`}>
${logBar(build, '')}
<ol class="log" tabindex="0" aria-label="Lines of the log">
${logLines(first, lines, marked)}</ol></div>`;
};

const logBar = (build: BuildId, sought: string): Html => {
  const lines = `${logUrl(build)}/lines`;
  return html`<div class="log-bar"><form role="search" aria-label="Log" action="${lines}"><label class="visually-hidden" for="find">Find in the log</label><input id="find" name="find" type="search" value="${sought}" placeholder="Find in the log" maxlength="200" autocapitalize="none" spellcheck="false" autocomplete="off"><button>Find</button></form>
<form class="go-to" aria-label="Line of the log" action="${lines}"><label for="line">Line</label><input id="line" name="from" type="number" min="1" max="999999999999" required autocomplete="off"><button>Go</button></form>
<a href="${lines}?error=first" data-do="error">First error</a> <a href="${lines}?from=1" data-do="beginning">Beginning</a> <a href="${lines}" data-do="end">End</a> <button type="button" data-do="pause" hidden>Pause</button>
<a href="${logUrl(build)}" data-do="plain">Plain text</a> <a href="${logUrl(build)}?download=1">Download</a> <span class="quiet log-state" role="status">&nbsp;</span></div>`;
};

type LogModel = {
  readonly build: BuildId;
  /** What is built, and for what. */
  readonly of: Pick<BuildModel, 'source' | 'version' | 'architecture'>;
  readonly window: LogWindow;
  readonly sought: string;
  /** What was asked for, as its address says it. */
  readonly asked: Readonly<Record<string, string | number | undefined>>;
  /** What came of the search; `undefined` when nothing was sought. */
  readonly found: Found | undefined;
};

/** A page of the log, for who has no script. */
export const logPage = (instance: Instance, { build, of: built, window, sought, asked, found }: LogModel): string => {
  const { first, lines, of, isGrowing } = window;
  const last = first + lines.length - 1;
  const lead = `${logUrl(build)}/lines?from=`;
  const name = `${built.source} ${built.version} on ${built.architecture}`;
  const ways = html`<nav class="pages" aria-label="Pages of the log">${first > 1 && html`<a rel="prev" href="${lead}${Math.max(1, first - lines.length)}">Before</a>`} <span class="quiet">lines ${first} to ${last} of ${of}${isGrowing && ', and more to come'}</span> ${(last < of || isGrowing) && html`<a rel="next" href="${lead}${last + 1}">After</a>`}</nav>`;
  return page({
    title: `Log of ${name} – ${instance.name}`,
    instance,
    body: html`<h1>Log of <a href="${buildUrl(build)}">${name}</a></h1>
<section class="card" aria-label="Log">${logBar(build, sought)}
${found !== undefined && foundSays(build, found, sought)}
${ways}${
  lines.length === 0
    ? empty('No lines.')
    : html`<ol class="log whole">
${logLines(first, lines, found?.line)}</ol>`
}${ways}
${sameView(instance, { path: `${logUrl(build)}/lines`, query: asked, command: 'log', said: { build, ...(found === undefined ? { from: String(first), lines: String(Math.max(1, lines.length)) } : {}) }, positional: ['build'] })}</section>`,
  });
};

/** One look reads only so much; the rest is another one. */
const foundSays = (build: BuildId, { line, next }: Found, sought: string): Html => {
  const again = (from: number): string =>
    `${logUrl(build)}/lines?${new URLSearchParams(sought === '' ? { error: 'first' } : { find: sought })}&from=${from}`;
  if (line !== undefined)
    return html`<p>Found in <a href="#L${line}">line ${line}</a>. <a href="${again(line + 1)}">Find the next one</a></p>`;
  return next === undefined
    ? html`<p>Nothing more was found.</p>`
    : html`<p>Not in what was looked at so far. <a href="${again(next)}">Look on from line ${next}</a></p>`;
};

const logUrl = (build: BuildId): string => `${buildUrl(build)}/log`;
