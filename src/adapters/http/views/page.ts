import { assetUrl, type Script } from '../assets.ts';
import { withNext } from '../came-from.ts';
import { type Html, html } from './html.ts';
import type { Greeting, Instance } from './instance.ts';

/** A whole page in the common frame; without `instance` its name, version and key are not said. */
export const page = ({
  title,
  instance,
  body,
  live,
  script,
  feed = { title: 'All packages', url: '/mini_buildd/feeds/all.atom' },
  sought = '',
}: {
  readonly title: string;
  readonly instance?: Instance;
  readonly body: Html;
  /** Where the page's parts are refreshed from; without it the page is still. */
  readonly live?: string;
  /** What makes it more pleasant where scripts run. */
  readonly script?: Script;
  readonly feed?: { readonly title: string; readonly url: string };
  /** What stands in the field of the search. */
  readonly sought?: string;
}): string =>
  html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('style.css')}">
<link rel="alternate" type="application/atom+xml" title="${feed.title}" href="${feed.url}">
${[instance && ('page.js' as const), live && ('live.js' as const), script].map((name) => name && html`<script src="${assetUrl(name)}" type="module"></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="name" href="/mini_buildd/"><img src="${assetUrl('icon.svg')}" alt="" width="24" height="24">${instance?.name ?? 'mini-buildd'}</a>
<nav aria-label="Main">${places.map(([name, url]) => html`<a href="${url}">${name}</a> `)}${reader(instance?.greeting)}</nav>
<form class="search" role="search" action="/mini_buildd/packages"><label class="visually-hidden" for="search">Source package</label><input id="search" name="name" type="search" value="${sought}" placeholder="Source package" maxlength="100" autocapitalize="none" spellcheck="false"><button>Find</button></form>
</header>
<main id="main"${live !== undefined && html` data-live="${live}"`}>
${body}
</main>
<footer class="bottom">${instance === undefined ? 'mini-buildd' : identity(instance)}</footer>
</body>
</html>
`.toString();

const places = [
  ['Home', '/mini_buildd/'],
  ['Packages', '/mini_buildd/packages'],
  ['History', '/mini_buildd/history'],
  ['Statistics', '/mini_buildd/statistics'],
  ['Upload', '/mini_buildd/upload'],
  ['Commands', '/mini_buildd/commands'],
  ['Administration', '/mini_buildd/administration'],
  ['Manual', '/mini_buildd/doc/'],
] as const;

/** Who one is, and the way to one's account; a stranger is led back here from logging in. */
const reader = (greeting: Greeting | undefined): Html => {
  if (greeting === undefined) return html`<a href="/mini_buildd/account">Account</a>`;
  if ('next' in greeting) return html`<a href="${withNext('/mini_buildd/login', greeting.next)}">Log in</a>`;
  return html`<a class="reader" href="/mini_buildd/account"><span class="visually-hidden">Account of </span>${greeting.login}</a>`;
};

const identity = ({ version, fingerprint }: Instance): Html =>
  html`<span>mini-buildd ${version}</span> <span>${
    fingerprint === undefined
      ? 'no archive key yet'
      : html`archive key <a href="/mini_buildd/api/getkey?output=plain"><code>${fingerprint.replace(/(.{4})(?=.)/g, '$1 ')}</code></a>`
  }</span> <a href="/mini_buildd/style">Style</a>`;
