import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { nobodyKnown } from '../../src/app/accounts/doers.ts';
import { newerEvents } from '../../src/app/pages/history-page.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import type { StreamName } from '../../src/domain/ids.ts';
import type { NewEvent, Position, Query } from '../../src/ports/event-log.ts';
import { newWorld } from '../../src/projections/world.ts';
import { readUntil, received, serve } from '../adapters/http/served.ts';

const secret = { body: { type: 'AccountRoleGranted' } as NewEvent['body'] };

/** A log with an event that was read, and what it is asked from then on. */
const readOnce = async () => {
  const log = openMemoryLog();
  const asked: Query[] = [];
  let n = 0;
  const happen = async (more: Partial<NewEvent> = {}): Promise<Position> => {
    n += 1;
    const [event] = await log.append(`upload-${n}` as StreamName, 'none', [received(n, more)]).then((appended) => {
      assert.ok(appended._tag === 'Right');
      return appended.right;
    });
    assert.ok(event);
    return event.position;
  };
  const since = await happen();
  const query: typeof log.query = (one) => {
    asked.push(one);
    return log.query(one);
  };
  const newer = newerEvents(newWorld(), { query }, nobodyKnown);
  return { log, asked, happen, since, newer };
};

describe('What is newer than a page of the history', () => {
  it('is counted as far as one may see it, whatever else happened before and after', async () => {
    const { happen, since, newer } = await readOnce();
    const count = async () => (await newer({}, since, anonymous)).count;
    for (let n = 0; n < 3; n += 1) await happen();
    assert.equal(await count(), 3);
    for (let n = 0; n < 100; n += 1) await happen(secret);
    assert.equal(await count(), 3);
    for (let n = 0; n < 2; n += 1) await happen();
    assert.equal(await count(), 5);
  });

  it('is looked for only where nobody looked before, also where nothing was found', async (test) => {
    const { log, asked, happen, since, newer } = await readOnce();
    const follow = await following(test, log, newer);
    const bounds = (): readonly (string | undefined)[] =>
      asked.filter(({ type }) => type !== undefined).map(({ after }) => after);
    const sought = '/mini_buildd/history/live?type=UploadAccepted&package=hello';
    const [, again] = [await follow(`${sought}&since=${since}`), await follow(`${sought}&since=${since}`)];
    assert.match(await again(1), /These are the newest/);
    const before = [...bounds()];
    assert.ok(
      before.every((after) => after !== undefined && after >= since),
      `${before}`,
    );
    asked.length = 0;
    for (let n = 0; n < 3; n += 1) await happen();
    const place = await happen();
    await follow.changes();
    while (bounds().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const accepted = { body: { type: 'UploadAccepted' } as NewEvent['body'] };
    await happen(accepted);
    await follow.changes();
    assert.match(await again(2), />1 newer</);
    await happen(accepted);
    await follow.changes();
    assert.match(await again(3), />2 newer</);
    assert.equal(bounds()[0], since);
    assert.ok(
      bounds()
        .slice(1)
        .every((after) => after !== undefined && after >= place),
      `${bounds()}`,
    );
  });
});

/** Pages over this log; each answer tells what was said once it was said so many times. */
const following = async (
  test: TestContext,
  log: ReturnType<typeof openMemoryLog>,
  newer: ReturnType<typeof newerEvents>,
) => {
  const { url, changes$ } = await serve(test, {
    log,
    history: {
      newer,
      names: async () => undefined,
      event: async () => undefined,
      page: () => assert.fail('nobody asked'),
    },
  });
  const follow = async (path: string) => {
    const leaving = new AbortController();
    test.after(() => leaving.abort());
    const answer = await fetch(url + path, { headers: { accept: 'text/event-stream' }, signal: leaving.signal });
    const said: string[] = [];
    let wake = (): void => undefined;
    readUntil(answer, (text) => {
      said.splice(0, said.length, ...text.split('\n\n').filter((one) => one.startsWith('id: ')));
      wake();
      return false;
    }).catch(() => undefined);
    return async (times: number): Promise<string> => {
      while (said.length < times) await new Promise<void>((resolve) => (wake = resolve));
      return said[times - 1] ?? '';
    };
  };
  return Object.assign(follow, { changes: async () => changes$.next() });
};
