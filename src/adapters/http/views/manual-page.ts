import type { Chapter, Found } from '../manual.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { clipped, empty } from './parts.ts';
import { sameHelp } from './same-as.ts';

/** One chapter, with the contents of the whole manual beside it. */
export const chapterPage = (instance: Instance, all: readonly Chapter[], chapter: Chapter): string =>
  page({
    title: `${chapter.title} – ${instance.name}`,
    instance,
    body: html`<div class="manual">
${contents(all, chapter)}
<article class="card prose">${chapter.body}
${sameHelp(instance, chapter.url)}</article>
</div>`,
  });

/** As many as one looks through. */
const mostFound = 40;

export const foundInManualPage = (
  instance: Instance,
  all: readonly Chapter[],
  sought: string,
  found: readonly Found[],
): string =>
  page({
    title: `Manual – ${instance.name}`,
    instance,
    body: html`<div class="manual">
${contents(all, undefined, sought)}
<section class="card"><h1>${sought === '' ? 'Manual' : `“${sought}” in the manual`}</h1>
${found.length === 0 && empty(sought === '' ? 'Say what to look for.' : 'It does not stand in the manual.')}
${found.slice(0, mostFound).map(
  ({ chapter, section: { anchor, heading, text } }) =>
    html`<p><a href="${chapter.url}#${anchor}">${heading}</a> <span class="quiet">${chapter.title}</span><br>${clipped(text, 200)}</p>
`,
)}
${found.length > mostFound && html`<p class="quiet">And ${found.length - mostFound} more: say more words.</p>`}
${sameHelp(instance, `/mini_buildd/doc/search?${new URLSearchParams({ words: sought })}`)}</section>
</div>`,
  });

const contents = (all: readonly Chapter[], present: Chapter | undefined, sought = ''): Html =>
  html`<nav class="contents" aria-label="Manual">
<form role="search" action="/mini_buildd/doc/search"><label class="visually-hidden" for="words">Words in the manual</label><input id="words" name="words" type="search" value="${sought}" placeholder="In the manual" maxlength="100"><button>Find</button></form>
<ol>${all.map(
    (chapter) =>
      html`<li><a href="${chapter.url}"${chapter === present && html` aria-current="page"`}>${chapter.title}</a>${chapter === present && headings(chapter)}</li>
`,
  )}</ol>
</nav>`;

const headings = ({ sections }: Chapter): Html =>
  html`<ol>${sections.flatMap(({ level, anchor, heading }) =>
    level === 2 || level === 3 ? [html`<li class="level-${level}"><a href="#${anchor}">${heading}</a></li>`] : [],
  )}</ol>`;
