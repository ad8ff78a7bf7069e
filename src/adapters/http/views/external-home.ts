import { type Html, html } from './html.ts';

/** Where people find more about a repository, at the address that its administrator gave; nothing where none did. */
export const externalHome = (url: string | null): Html =>
  html`${url !== null && html` · <a href="${url}" rel="noopener noreferrer">${hostOf(url)}</a>`}`;

/** The rule of the field takes more than a browser does: what is no address is shown as it stands. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);
