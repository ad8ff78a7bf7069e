import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastSeal } from '../../../src/adapters/http/views/seals.ts';
import type { Position } from '../../../src/ports/event-log.ts';
import { archiveFingerprint } from '../../support/fixed-examples.ts';
import { sealed, secondSeal, unsealed } from './sample-seals.ts';
import { serve } from './served.ts';

const asked: (Position | undefined)[] = [];
const seals = {
  list: async (before: Position | undefined) => {
    asked.push(before);
    return { sealing: sealed, seals: [secondSeal], next: '00000000000000000007' as Position };
  },
  latest: () => 'the second\n',
  checkpoint: async (seal: number) => ['the first\n', 'the second\n'][seal - 1],
};
const asPage = { headers: { Accept: 'text/html' } };

describe('Seals over HTTP', () => {
  it('are texts at addresses that never change, and the latest at one that does', async (test) => {
    const { url } = await serve(test, { seals });
    const latest = await fetch(`${url}/mini_buildd/seals/latest`);
    assert.deepEqual([await latest.text(), latest.headers.get('cache-control')], ['the second\n', 'no-cache']);
    assert.match(latest.headers.get('content-type') ?? '', /^text\/plain/);
    const first = await fetch(`${url}/mini_buildd/seals/1`);
    assert.equal(await first.text(), 'the first\n');
    assert.match(first.headers.get('cache-control') ?? '', /immutable/);
    for (const none of ['0', '3', '-1', '01', 'first', '1.0', '%00'])
      assert.equal((await fetch(`${url}/mini_buildd/seals/${none}`)).status, 404, none);
  });

  it('are listed for programs and for people, page by page, with the way to verify one by hand', async (test) => {
    const { url } = await serve(test, { seals });
    const listed = (await (await fetch(`${url}/mini_buildd/seals/`)).json()) as Record<string, unknown>;
    assert.deepEqual(listed, {
      seals: [{ ...secondSeal, checkpoint: '/mini_buildd/seals/2' }],
      next: '/mini_buildd/seals/?before=00000000000000000007',
    });
    const page = await (await fetch(`${url}/mini_buildd/seals?before=00000000000000000009`, asPage)).text();
    assert.equal(asked.at(-1), '00000000000000000009');
    for (const part of [
      /href="\/mini_buildd\/seals\/2"/,
      /gpgv --keyring/,
      /sed -n '3,4p' \| sha256sum/,
      /seals\/1 \|/,
    ])
      assert.match(page, part);
    assert.equal((await fetch(`${url}/mini_buildd/seals/?before=%3Cb%3E`)).status, 404);
  });

  it('are none of a log that was never sealed', async (test) => {
    const { url } = await serve(test);
    assert.equal((await fetch(`${url}/mini_buildd/seals/latest`)).status, 404);
    assert.match(await (await fetch(`${url}/mini_buildd/seals/`, asPage)).text(), /There is none yet/);
  });
});

describe('The last seal', () => {
  it('is said with its time, its events and its key', () => {
    const shown = lastSeal(sealed).toString();
    for (const part of [/up to event 4 /, /seal 2</, /2026-11-22 11:15/, new RegExp(archiveFingerprint.slice(-16))])
      assert.match(shown, part);
    assert.match(shown, /✓/);
  });

  it('is not called good when it does not hold, is overdue, or is not there', () => {
    const doubted = lastSeal({ ...sealed, doubt: { seal: 2, because: 'the events are others' } }).toString();
    assert.match(doubted, /does not hold.*the events are others/s);
    for (const shown of [doubted, `${lastSeal({ ...sealed, isOverdue: true })}`, `${lastSeal(unsealed)}`])
      assert.doesNotMatch(shown, /✓/);
  });
});
