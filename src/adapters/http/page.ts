import { assetUrl } from './assets.ts';
import { type Html, html } from './html.ts';

/** A whole page in the common frame. `instance` is the name in its header. */
export const page = ({
  title,
  instance = 'mini-buildd',
  body,
  live,
}: {
  readonly title: string;
  readonly instance?: string;
  readonly body: Html;
  /** Where the page's parts are refreshed from; without it no script is loaded. */
  readonly live?: string;
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
<link rel="alternate" type="application/atom+xml" title="All packages" href="/mini_buildd/feeds/all.atom">
${live !== undefined && html`<script src="${assetUrl('live.js')}" defer></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="name" href="/mini_buildd/"><img src="${assetUrl('icon.svg')}" alt="" width="24" height="24">${instance}</a>
<nav aria-label="Main"><a href="/mini_buildd/">Home</a> <a href="/mini_buildd/api?output=html">Commands</a> <a href="/mini_buildd/events">Events</a> <a href="/mini_buildd/account">Account</a></nav>
</header>
<main id="main"${live !== undefined && html` data-live="${live}"`}>
${body}
</main>
</body>
</html>
`.toString();
