import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { debiansChromium } from './browser.ts';

const assets = join(import.meta.dirname, '../../../src/adapters/http/assets');

type Answer = (req: IncomingMessage, res: ServerResponse) => unknown;

const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };

/** A browser for all tests of a suite, before pages as small as a script of ours takes. */
export const scriptPages = () => {
  let browser: Browser;
  const ends: (() => unknown)[] = [];
  before(async () => {
    browser = await debiansChromium();
  });
  after(() => browser.close());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** A page with `body` and one script, which asks what `answers` give by path. */
  const opened = async (
    script: string,
    body: string,
    answers: Readonly<Record<string, Answer>> = {},
    options: BrowserContextOptions = {},
  ) => {
    const server = createServer(async (req, res) => {
      const path = new URL(req.url ?? '', 'http://x').pathname;
      if (path === '/')
        return res
          .setHeader('Content-Type', 'text/html')
          .end(`<!DOCTYPE html><title>x</title>${body}<script type="module" src="/${script}"></script>`);
      if (Object.hasOwn(answers, path)) return answers[path]?.(req, res);
      const source = await readFile(join(assets, path.slice(1))).catch(() => undefined);
      const type = types[path.split('.').at(-1) ?? ''] ?? 'text/plain';
      res.writeHead(source === undefined ? 404 : 200, { 'Content-Type': type }).end(source);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => new Promise((closed) => server.close(closed).closeAllConnections()));
    const page: Page = await browser.newPage(options);
    ends.push(() => page.close());
    page.setDefaultTimeout(30_000);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return { page, faults };
  };

  /** A page that is followed at `/live`; `tell` says what its parts read. */
  const live = async (body: string, options: BrowserContextOptions = {}) => {
    const listening = Promise.withResolvers<ServerResponse>();
    const answers = {
      '/live': (_req: IncomingMessage, res: ServerResponse) => {
        res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
        listening.resolve(res);
      },
    };
    const { page, faults } = await opened('live.js', body, answers, options);
    const stream = await listening.promise;
    const tell = (parts: Readonly<Record<string, string>>) => stream.write(`data: ${JSON.stringify(parts)}\n\n`);
    return { page, faults, tell };
  };

  return { opened, live };
};
