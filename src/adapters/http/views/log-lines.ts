import { isError } from '../logs/find-in-log.ts';
import { sequences } from '../logs/terminal-text.ts';
import { escaped, Html, html } from './html.ts';

/**
 * Lines of a log as a list whose entries can be linked to. Everything in them is text: colours that a terminal would show are kept
 * as classes, other sequences for terminals are left out, and what remains of controls is shown as such.
 */
export const logLines = (first: number, lines: readonly string[], marked?: number): Html =>
  html`${lines.map((text, n) => logLine(first + n, text, first + n === marked))}`;

const logLine = (number: number, text: string, isMarked: boolean): Html => {
  const look = [lookOf(text), isMarked ? 'marked' : ''].filter((each) => each !== '').join(' ');
  return html`<li id="L${number}"${look !== '' && html` class="${look}"`}${isMarked && html` aria-current="true"`}><a href="#L${number}" tabindex="-1">${number}</a>${new Html(coloured(text))}</li>
`;
};

const lookOf = (text: string): string => (/^\| \S.*\|$/.test(text) ? 'heading' : isError(text) ? 'wrong' : '');

const coloured = (text: string): string => {
  if (!text.includes('\u001b')) return escaped(text);
  let markup = '';
  let look = '';
  let at = 0;
  const add = (piece: string): void => {
    if (piece !== '') markup += look === '' ? escaped(piece) : `<span class="${look}">${escaped(piece)}</span>`;
  };
  for (const match of text.matchAll(sequences)) {
    add(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === 'm') look = rendition(look, match[1] ?? '');
  }
  add(text.slice(at));
  return markup;
};

/** Select Graphic Rendition: the eight colours and bold; anything else changes nothing. */
const rendition = (before: string, codes: string): string => {
  let look = before;
  for (const code of codes.split(';').map(Number)) {
    if (code === 0) look = '';
    else if (code === 1) look = `${without(look, /b/)} b`.trim();
    else if (code === 22) look = without(look, /b/);
    else if (code === 39) look = without(look, /c\d/);
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97))
      look = `${without(look, /c\d/)} c${code % 10}`.trim();
    // A colour of a larger palette comes with its number: that is no code.
    else if (code === 38 || code === 48) return look;
  }
  return look;
};

const without = (look: string, kind: RegExp): string =>
  look
    .split(' ')
    .filter((each) => !kind.test(each))
    .join(' ');
