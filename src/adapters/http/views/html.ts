import { inSight } from '../../../domain/out-of-sight.ts';

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

const rendered = (content: Content): string => {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(rendered).join('');
  return escaped(String(content));
};
