import { readFileSync } from 'node:fs';
import MarkdownIt, { type Token } from 'markdown-it';
import { Html } from './views/html.ts';

/** Chapters of the manual by the names of their files in `docs/`, in the order in which they are read. */
const files = [
  'README',
  'uploading',
  'upload-options',
  'using',
  'packages',
  'administration',
  'signing-on',
  'moving-in',
  'many-machines',
  'scaling',
  'recovery',
  'refusals',
  'api',
] as const;

export type Chapter = {
  readonly url: string;
  readonly title: string;
  readonly body: Html;
  readonly sections: readonly Section[];
};

/** What stands below one heading, up to the next. */
export type Section = {
  /** Empty for what stands above the first heading. */
  readonly anchor: string;
  readonly level: number;
  readonly heading: string;
  readonly text: string;
};

export type Found = { readonly chapter: Chapter; readonly section: Section };

const manualUrl = '/mini_buildd/doc/';
const urlOf = (file: string): string => `${manualUrl}${file === 'README' ? '' : file}`;

/** Read and rendered once. */
let read: readonly Chapter[] | undefined;

export const manual = (): readonly Chapter[] => {
  read ??= files.map((file) =>
    chapter(urlOf(file), readFileSync(new URL(`../../../docs/${file}.md`, import.meta.url), 'utf8')),
  );
  return read;
};

/** Where the manual explains a rule, if it does. */
export const explained = (rule: string): string | undefined => {
  const url = urlOf('refusals');
  const has = manual()
    .find((each) => each.url === url)
    ?.body.toString()
    .includes(`id="${rule}"`);
  return has && /^[a-z-]+$/.test(rule) ? `${url}#${rule}` : undefined;
};

/** One section, and its address: of a file by its name in `docs/`; `undefined` for one that is not. */
export const section = (
  file: string,
  anchor: string,
): { readonly url: string; readonly heading: string } | undefined => {
  const url = urlOf(file);
  const found = manual()
    .find((each) => each.url === url)
    ?.sections.find((each) => each.anchor === anchor);
  return found && { url: `${url}#${anchor}`, heading: found.heading };
};

/** Sections that hold every word, those that have them in their heading first. */
export const searched = (words: readonly string[]): readonly Found[] => {
  const holds = (text: string) => words.every((word) => text.toLowerCase().includes(word.toLowerCase()));
  const all = manual().flatMap((each) => each.sections.map((section) => ({ chapter: each, section })));
  const inHeading = all.filter(({ section }) => holds(section.heading));
  const inText = all.filter(({ section }) => !holds(section.heading) && holds(`${section.heading} ${section.text}`));
  return words.length === 0 ? [] : [...inHeading, ...inText];
};

/** No markup but Markdown's own passes, and no link but to places. */
const markdown = new MarkdownIt({ html: false });
markdown.renderer.rules.table_open = () => '<div class="wide"><table>\n';
markdown.renderer.rules.table_close = () => '</table></div>\n';

export const chapter = (url: string, text: string): Chapter => {
  const tokens = markdown.parse(text, {});
  const sections = divided(tokens);
  for (const token of tokens) for (const each of token.children ?? []) lead(each);
  nameTerms(tokens);
  nameCells(tokens);
  const body = new Html(markdown.renderer.render(tokens, markdown.options, {}));
  return { url, title: sections.find(({ level }) => level === 1)?.heading ?? '', body, sections };
};

/** Gives each heading its anchor, named as code forges name them. */
const divided = (tokens: readonly Token[]): readonly Section[] => {
  const sections: { anchor: string; level: number; heading: string; text: string }[] = [];
  const taken = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const heading = plain(tokens[index + 1]);
      const anchor = unused(slug(heading), taken);
      token.attrSet('id', anchor);
      sections.push({ anchor, level: Number(token.tag.slice(1)), heading, text: '' });
    } else if (tokens[index - 1]?.type !== 'heading_open' && ['inline', 'code_block', 'fence'].includes(token.type)) {
      const last = sections.at(-1);
      if (last !== undefined) last.text += `${plain(token)} `;
    }
  }
  return sections;
};

const plain = (token: Token | undefined): string =>
  token?.children?.map((each) => (each.type === 'softbreak' ? ' ' : each.content)).join('') ?? token?.content ?? '';

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const unused = (wanted: string, taken: Set<string>): string => {
  let name = wanted;
  for (let n = 1; taken.has(name); n += 1) name = `${wanted}-${n}`;
  taken.add(name);
  return name;
};

/** A link to another file leads to its chapter. */
const lead = (token: Token): void => {
  const [, file, anchor = ''] = /^([A-Za-z-]+)\.md(#.*)?$/.exec(String(token.attrGet('href') ?? '')) ?? [];
  if (token.type === 'link_open' && file !== undefined) token.attrSet('href', `${urlOf(file)}${anchor}`);
};

/** What begins a row of a table, an option or a rule, can be linked to by its name. */
const nameTerms = (tokens: readonly Token[]): void => {
  const taken = new Set(tokens.map((token) => token.attrGet('id')));
  for (const [index, token] of tokens.entries()) {
    if (tokens[index - 2]?.type !== 'tr_open' || tokens[index - 1]?.type !== 'td_open') continue;
    for (const term of token.children ?? []) {
      if (term.type !== 'code_inline' || !/^[a-z][a-z0-9-]*$/.test(term.content) || taken.has(term.content)) continue;
      term.attrSet('id', term.content);
      taken.add(term.content);
    }
  }
};

/** On a phone a row is read down, each cell beside the head of its column. */
const nameCells = (tokens: readonly Token[]): void => {
  let heads: string[] = [];
  let column = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'thead_open') heads = [];
    if (token.type === 'th_open') heads.push(plain(tokens[index + 1]));
    if (token.type === 'tr_open') column = 0;
    if (token.type === 'td_open') token.attrSet('data-head', heads[column++] ?? '');
  }
};
