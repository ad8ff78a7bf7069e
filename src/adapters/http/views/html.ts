/**
 * Markup that is known to be ours. The brand is a class, not a shape: JSON from outside can look like anything, but it
 * is never an instance.
 */
export class Html {
  readonly #markup: string;
  constructor(markup: string) {
    this.#markup = markup;
  }
  toString(): string {
    return this.#markup;
  }
}

export type Content = Html | string | number | undefined | false | readonly Content[];

/** A template whose every value is escaped unless it is `Html` itself. `undefined` and `false` are nothing. */
export const html = (fixed: TemplateStringsArray, ...values: readonly Content[]): Html =>
  new Html(fixed.reduce((markup, piece, index) => markup + rendered(values[index - 1]) + piece));

/**
 * Text that shows what it holds: no markup, and nothing that reorders or hides its neighbours. Lines end as pages have them: what a
 * browser sent of a field with several comes back to it as it was typed.
 */
export const escaped = (text: string): string =>
  inSight(text.replaceAll('\r\n', '\n')).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The same as plain text, for what a script puts into a page. */
export const inSight = (text: string): string => text.replace(unseen, '\u{FFFD}');

/**
 * Controls but tab and newline; marks that turn the direction of text around (Trojan Source); what has no width at all. Joiners are
 * part of words in some scripts: they are shown as such between letters of these.
 */
const unseen =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|(?<=^|[\0-\x7f])[\u200c\u200d]|[\u200c\u200d](?=$|[\0-\x7f])/gu;

const rendered = (content: Content): string => {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(rendered).join('');
  return escaped(String(content));
};
