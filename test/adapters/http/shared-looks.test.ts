import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import { servedPages } from '../../../src/served-pages.ts';
import { atWork, basic, type Headers } from '../../support/accounts-at-work.ts';
import { ernie } from '../../support/fixed-examples.ts';
import { sourceUpload } from '../../support/source-upload.ts';
import { readUntil, received, serve } from './served.ts';

const live = { accept: 'text/event-stream' };

describe('What many look at', () => {
  it('is looked up in the history once for all who may see the same, whenever each of them began', async (test) => {
    const { url, run, logIn, looks } = await countedHistory(test);
    const page = await (await fetch(`${url}/mini_buildd/events?limit=30`)).json();
    const positions: string[] = page.events.map(({ position }: { position: string }) => position);
    const staff = await Promise.all(['adam', 'stan'].map(async (login) => (await logIn(login)).cookie));
    const viewers = [...positions, ...positions].map((since, n) =>
      follow(
        test,
        `${url}/mini_buildd/history/live?since=${since}`,
        n % 2 === 0 ? {} : { cookie: staff[n % 4 > 1 ? 1 : 0] ?? '' },
      ),
    );
    await until(() => viewers.every(({ said }) => said.length > 0));
    const [before] = viewers.map(({ said }) => said);
    looks.count = 0;
    const { status } = await run('stop', {}, basic('adam'));
    assert.equal(status, 200);
    await until(() => viewers.every(({ said }) => said.length > 1));
    for (const { said } of viewers) assert.equal(Number(said.at(-1)), Number(said[0]) + 1);
    assert.deepEqual(before, ['0', '1']);
    assert.ok(looks.count <= 12, `${looks.count} looks for ${viewers.length} viewers`);
  });

  it('is read from the log once for all who follow the same events', async (test) => {
    const log = openMemoryLog();
    let queries = 0;
    const query: typeof log.query = (asked) => {
      queries += 1;
      return log.query(asked);
    };
    const { url, changes$ } = await serve(test, { log: { ...log, query } });
    const happen = async (n: number): Promise<void> => {
      const event = received(n);
      await log.append(`upload-${event.id}` as StreamName, 'none', [event]);
      changes$.next();
    };
    await happen(0);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => fetch(`${url}/mini_buildd/events`, { headers: live })),
    );
    const told = answers.map((answer) => readUntil(answer, (text) => text.includes('"number":2')));
    queries = 0;
    await happen(1);
    await happen(2);
    for (const text of await Promise.all(told)) assert.match(text, /"number":1.*"number":2/s);
    assert.ok(queries < 20, `${queries} queries for ${told.length} followers`);
  });
});

/** What a live history says, one time after the other: how many events are newer. */
const follow = (test: TestContext, url: string, headers: Headers): { readonly said: readonly string[] } => {
  const said: string[] = [];
  const leaving = new AbortController();
  test.after(() => leaving.abort());
  const read = async (): Promise<void> => {
    const answer = await fetch(url, { headers: { ...live, ...headers }, signal: leaving.signal });
    let text = '';
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('utf8');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, count] = />(\d+) newer/.exec(text.slice(0, end)) ?? [];
        if (text.startsWith('id: ')) said.push(count ?? '0');
        text = text.slice(end + 2);
      }
    }
  };
  read().catch(() => undefined);
  return { said };
};

const until = async (asked: () => boolean): Promise<void> => {
  for (let n = 0; n < 1200 && !asked(); n += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(asked(), 'never so');
};

/** A daemon at work behind pages whose looks into history are counted. */
const countedHistory = async (test: TestContext) => {
  const at = await atWork(test);
  await at.daemon.uploads(sourceUpload());
  await at.daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  const log = openMemoryLog(at.on.store, at.on.clock.now);
  const confinement = { network: true, processes: true, bounds: true } as const;
  const place = { builder: ernie, room: 4, tags: [] };
  const pages = servedPages(at.engine, log, { confinement, place, clock: at.on.clock });
  const looks = { count: 0 };
  const history: typeof pages.history = {
    ...pages.history,
    newer: (...asked) => {
      looks.count += 1;
      return pages.history.newer(...asked);
    },
  };
  const { url } = await serve(test, { ...pages, history, log });
  return { ...at, url, looks };
};
