import { type Html, html } from './html.ts';

/** What the version of an upload must hold, as a regular expression, and what is appended to one from elsewhere. */
export type VersionRule = { readonly rule: string; readonly appended: string };

/** What builds install from, besides the distribution itself. */
export type BuildSource = { readonly source: string; readonly priority: number | null };

export const buildsFrom = (sources: readonly BuildSource[]): Html =>
  html`<ul>${sources.map(({ source, priority }) => html`<li>${source}${priority !== null && html`, with priority ${priority}`}</li>`)}</ul>`;
