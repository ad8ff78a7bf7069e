import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Router } from 'express';

const scripts = [
  'live.js',
  'listening.js',
  'morph.js',
  'steady.js',
  'declare.js',
  'time-slider.js',
  'log-viewer.js',
  'log-list.js',
  'page.js',
  'draft.js',
  'upload.js',
] as const;

/** A module of ours. */
export type Script = (typeof scripts)[number];

const names = ['style.css', 'icon.svg', ...scripts] as const;

type Asset = (typeof names)[number];

const typeOf = (name: Asset): string =>
  name.endsWith('.js')
    ? 'text/javascript; charset=utf-8'
    : name.endsWith('.css')
      ? 'text/css; charset=utf-8'
      : 'image/svg+xml';

const bodies = names.map((name) => ({ name, body: readFileSync(new URL(`assets/${name}`, import.meta.url)) }));

/** Of all of them: modules find each other beside themselves, and none meets another one of another version. */
const digest = bodies
  .reduce((hash, { body }) => hash.update(body), createHash('sha256'))
  .digest('hex')
  .slice(0, 16);

/** Names the content too, so that browsers may keep it for ever. */
export const assetUrl = (name: Asset): string => `/mini_buildd/assets/${digest}/${name}`;

/** Style, scripts and icon: read once, at start. */
export const assetRoutes = (): Router => {
  const router = Router();
  for (const { name, body } of bodies) {
    router.get(assetUrl(name), (_req, res) => {
      res.set({ 'Content-Type': typeOf(name), 'Cache-Control': 'public, max-age=31536000, immutable' });
      res.send(body);
    });
  }
  // Browsers ask for it beside what is no page: a log, a key, a seal.
  router.get('/favicon.ico', (_req, res) => res.redirect(302, assetUrl('icon.svg')));
  return router;
};
