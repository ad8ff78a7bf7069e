import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { tellLastBackup } from '../../src/adapters/host-works/last-backup.ts';
import { seenWorks } from '../../src/adapters/host-works/seen-works.ts';
import { tellDaemon } from '../../src/adapters/host-works/told-work.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { hostWorks } from '../../src/app/host-works.ts';
import { anonymous, type Caller } from '../../src/domain/account/caller.ts';
import { instant } from '../../src/domain/codec.ts';
import { servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { ernie } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { removeFolder } from '../support/remove-folder.ts';

const staff: Caller = { ...anonymous, privilege: 'staff' };
const day = 24 * 3_600_000;

/** A daemon with its pages, and a home where others work on the host. */
const atWork = async (test: TestContext) => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-beside-'));
  test.after(() => removeFolder(home));
  const on = await machine(test);
  const beside = await seenWorks(home, { interval: 3_600_000 });
  test.after(beside.close);
  const daemon = await boot({ ...on, lastBackup: beside.lastBackup });
  test.after(daemon.kill);
  const { engine } = daemon;
  beside.watch(hostWorks(engine.works, on.clock.now));
  const place = { builder: ernie, room: 4, tags: [] };
  const confinement = { network: true, processes: true, bounds: true } as const;
  const log = openMemoryLog(on.store, on.clock.now);
  const surroundings = { confinement, place, clock: on.clock, lastBackup: beside.lastBackup };
  const pages = servedPages(engine, log, surroundings);
  const { url } = await serve(test, { ...pages, log });
  return {
    on,
    home,
    daemon,
    look: beside.look,
    pages,
    page: async (path = '/mini_buildd/'): Promise<string> => {
      const text = await (await fetch(`${url}${path}`)).text();
      return text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    },
    status: async (caller: Caller = anonymous) => {
      const answer = await engine.api.run('status', {}, caller);
      assert.ok(!isLeft(answer));
      return answer.right as { readonly plain: string; readonly json: Readonly<Record<string, unknown>> };
    },
  };
};

describe('What is done on the host beside a daemon', () => {
  it('is told in page, tool and journal while it lasts, and how it ended', async (test) => {
    const { on, home, daemon, look, page, status } = await atWork(test);
    const work = tellDaemon(home, 'backup', on.clock.now);
    on.clock.advance(12_000);
    work.say('1200 files; the last backup held 3400');
    await look();
    assert.match(await page(), /on the host mini-buildd backup 1200 files; the last backup held 3400 12 s/);
    const { plain, json } = await status();
    assert.match(
      plain,
      /^Under way: mini-buildd backup: on the host: 1200 files; the last backup held 3400 \(for 12 s\)$/m,
    );
    assert.deepEqual(json.underWay, [
      {
        kind: 'on the host',
        about: 'mini-buildd backup',
        says: '1200 files; the last backup held 3400',
        since: instant(on.clock.now() - 12_000),
        usualSeconds: null,
        line: 'mini-buildd backup: on the host: 1200 files; the last backup held 3400 (for 12 s)',
      },
    ]);
    on.clock.advance(12_000);
    work.say('2400 files');
    await look();
    work.done();
    await look();
    assert.doesNotMatch(await page(), /mini-buildd backup/);
    assert.doesNotMatch((await status()).plain, /Under way/);
    assert.deepEqual(
      daemon.told.filter((line) => line.startsWith('mini-buildd backup')),
      ['mini-buildd backup: on the host: 2400 files', 'mini-buildd backup: on the host took 24.0 s'],
    );
  });

  it('is a backup that is remembered, and missed when no other follows', async (test) => {
    const { on, home, look, pages, status } = await atWork(test);
    assert.equal((await status(staff)).json.backup, null);
    const last = {
      taken: instant(on.clock.now() - 8 * day + 60_000),
      events: 1234,
      files: 56,
      bytes: 7_800_000,
      missing: 1,
    };
    await tellLastBackup(home, last);
    await look();
    const { plain, json } = await status(staff);
    assert.deepEqual(json.backup, last);
    assert.match(plain, /^Backup {6}: \S+, 1234 events, 56 files, 1 damaged ones missing$/m);
    assert.equal((await status()).json.backup, undefined);
    on.clock.advance(60_000);
    assert.doesNotMatch((await status()).plain, /last backup/);
    on.clock.advance(1000);
    assert.match((await status()).plain, /^Warning: the last backup is of \S+ \(see why no other followed/m);
    const missed = {
      fact: `the last backup is of ${last.taken}`,
      doneAt: '/mini_buildd/doc/recovery#what-to-back-up-and-how-it-comes-back',
    };
    for (const { attention } of [pages.home(), pages.administration.overview()])
      assert.deepEqual(
        attention
          .filter(({ fact }) => fact.startsWith('the last backup'))
          .map(({ fact, doneAt }) => ({ fact, doneAt })),
        [missed],
      );
    assert.deepEqual(pages.administration.overview().lastBackup, last);
  });
});
