import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Router } from 'express';

const types = {
  'style.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'declare.js': 'text/javascript; charset=utf-8',
  'time-slider.js': 'text/javascript; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

type Asset = keyof typeof types;

/** What a page may load besides. */
export type Script = Extract<Asset, `${string}.js`>;

const read = (name: Asset) => {
  const body = readFileSync(new URL(`assets/${name}`, import.meta.url));
  return { body, digest: createHash('sha256').update(body).digest('hex').slice(0, 16) };
};

const assets = Object.fromEntries((Object.keys(types) as Asset[]).map((name) => [name, read(name)])) as Readonly<
  Record<Asset, ReturnType<typeof read>>
>;

/** Names the content too, so that browsers may keep it for ever. */
export const assetUrl = (name: Asset): string => `/mini_buildd/assets/${assets[name].digest}/${name}`;

/** Style, script and icon: read once, at start. */
export const assetRoutes = (): Router => {
  const router = Router();
  for (const name of Object.keys(assets) as Asset[]) {
    router.get(assetUrl(name), (_req, res) => {
      res.set({ 'Content-Type': types[name], 'Cache-Control': 'public, max-age=31536000, immutable' });
      res.send(assets[name].body);
    });
  }
  return router;
};
