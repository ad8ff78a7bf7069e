import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { noPages } from '../browser/stories/no-pages.ts';
import { addressesOf, deeds, folders, questions } from '../support/crowded-addresses.ts';
import { crowdedInstance } from '../support/crowded-instance.ts';

/** Bytes of markup that a page may have. */
const mostBytes = 60_000;

describe('Where there is plenty of everything', () => {
  const undone: (() => unknown)[] = [];
  let instance: Awaited<ReturnType<typeof crowdedInstance>>;
  before(async () => {
    instance = await crowdedInstance({ after: (undo: unknown) => void undone.push(undo as () => unknown) });
  });
  after(async () => {
    for (const undo of undone.reverse()) await undo();
  });

  for (const who of ['anybody', 'an administrator'] as const)
    it(`every page is short for ${who}`, async () => {
      const headers = who === 'anybody' ? {} : instance.administrator;
      const long: string[] = [];
      const broken: string[] = [];
      for (const address of [...pagesOf(instance), ...folders]) {
        const answer = await fetch(`${instance.url}${address}`, {
          headers: { accept: 'text/html', ...headers },
          redirect: 'manual',
        });
        const bytes = (await answer.arrayBuffer()).byteLength;
        if (bytes >= mostBytes) long.push(`${address} has ${bytes} bytes`);
        if (answer.status >= (folders.includes(address) ? 300 : 500)) broken.push(`${address}: ${answer.status}`);
      }
      assert.deepEqual({ long, broken }, { long: [], broken: [] });
    });

  for (const who of ['anybody', 'an administrator'] as const)
    it(`every answer to a form is short for ${who}`, async () => {
      const headers = { accept: 'text/html', ...(who === 'anybody' ? {} : instance.administrator) };
      const form = await (await fetch(`${instance.url}/mini_buildd/commands/migrate`, { headers })).text();
      const [, token = ''] = /name="form_token" value="([^"]*)"/.exec(form) ?? [];
      const broken: string[] = [];
      const sent = who === 'anybody' ? questions : [...questions, ...deeds];
      const long: string[] = [];
      for (const [command, given] of sent) {
        const isDeed = deeds.some(([name]) => name === command);
        const answer = await fetch(`${instance.url}/mini_buildd/${isDeed ? 'commands' : 'api'}/${command}`, {
          method: 'POST',
          headers: { ...headers, origin: instance.url, 'sec-fetch-site': 'same-origin' },
          body: new URLSearchParams({ ...given, output: 'html', form_token: token }),
        });
        const text = await answer.text();
        const bytes = Buffer.byteLength(text);
        if (bytes >= mostBytes) long.push(`${command} ${JSON.stringify(given).slice(0, 60)} has ${bytes} bytes`);
        const isTold = who === 'anybody' || (answer.status === 200 && text.includes('What it would do') === isDeed);
        if (!isTold) broken.push(`${command}: ${answer.status}: ${/<strong>[^<]*/.exec(text)?.[0]}`);
      }
      assert.deepEqual({ long, broken }, { long: [], broken: [] });
    });
});

const pagesOf = ({ routes, ids }: Awaited<ReturnType<typeof crowdedInstance>>): readonly string[] =>
  routes
    .filter(({ path, methods }) => methods.some((each) => each === 'GET' || each === 'ALL') && !isNone(path))
    .flatMap((route) => addressesOf(route, ids));

const isNone = (path: string): boolean =>
  path.endsWith('/live') || path.startsWith('/mini_buildd/assets/') || `GET ${path}` in noPages;
