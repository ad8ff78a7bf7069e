import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { outlook } from '../../src/adapters/http/views/administration/outlook.ts';
import { anonymous, type Caller } from '../../src/domain/account/caller.ts';
import type { StoredFile } from '../../src/domain/debian/names.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import { because } from '../support/accounts-at-work.ts';
import {
  admin,
  afterFour,
  afterSome,
  filesOfVersion,
  here,
  isCleared,
  lostVersions,
  stored,
  testing,
  user,
  v,
} from '../support/days-go-by.ts';
import { acme, hello, trixieConfigured, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf } from '../support/in-memory-daemon.ts';

describe('Retention', () => {
  it('keeps everything until it is told otherwise', async (test) => {
    const { on, daemon, run, later } = await afterFour(test);
    await later(1000);
    on.clock.advance(120_000);
    await daemon().rests();
    assert.deepEqual(lostVersions(on), []);
    assert.deepEqual(await run('retention', { repository: acme }), {
      repository: acme,
      versions: null,
      days: null,
      done: false,
      due: [],
      kept: [],
    });
  });

  it('says beforehand what goes, when, and what keeps the rest, as the duty then does', async (test) => {
    const { on, daemon, times, run, until, later } = await afterFour(test);
    await run('snapshot', { action: 'name', repository: acme, time: times[0] ?? '', name: 'first' });
    await run('retention', { repository: acme, days: '4' });
    const early = await daemon().engine.administration.outlook(acme);
    assert.deepEqual(early?.due, []);
    assert.deepEqual(
      early?.kept.map(({ version, names, dueAt }) => [version, names, dueAt === null]),
      [
        [v(2), [], false],
        [v(1), ['first'], true],
      ],
    );
    const goes = early?.kept[0];
    assert.ok(goes !== undefined && goes.bytes > 0 && goes.files > 0);
    assert.equal(Date.parse(goes.dueAt ?? '') - Date.parse(goes.leftAt), 4 * 86_400_000);
    const page = outlook(acme, early ?? { due: [], kept: [] }).toString();
    assert.match(page, /Nothing is due now/);
    assert.match(page, /while the past state is named first/);
    assert.match(page, /due <time/);
    const left = (Date.parse(goes.dueAt ?? '') - on.clock.now()) / 86_400_000;
    await later(left - 0.01);
    on.clock.advance(120_000);
    await daemon().rests();
    assert.deepEqual(lostVersions(on), []);
    await later(0.02);
    on.clock.advance(120_000);
    await until(() => lostVersions(on).length > 0 && isCleared(daemon()));
    assert.deepEqual(lostVersions(on), [v(2)]);
    assert.deepEqual((await daemon().engine.administration.outlook(acme))?.due, []);
    assert.equal(await daemon().engine.administration.outlook('elsewhere'), undefined);
  });

  it('shows what it would let go, and then lets go of that and no more', async (test) => {
    const { on, daemon, run, until } = await afterFour(test);
    const works = new Set<string>();
    const heard = daemon().engine.works.changes$.subscribe(() => {
      for (const { kind, about, says } of daemon().engine.works.now()) works.add(`${kind} ${about}: ${says}`);
    });
    test.after(() => heard.unsubscribe());
    const shown: { readonly due: readonly { readonly version: string }[] } = await run('retention', {
      repository: acme,
      versions: '1',
      'dry-run': 'true',
    });
    assert.deepEqual(
      shown.due.map(({ version }) => version),
      [v(1)],
    );
    await daemon().rests();
    assert.deepEqual(lostVersions(on), []);
    await run('retention', { repository: acme, versions: '1' });
    await until(() => lostVersions(on).length > 0 && isCleared(daemon()));
    assert.deepEqual(lostVersions(on), [v(1)]);
    assert.equal(await stored(on, daemon(), 1), 'some', 'its upstream tarball is needed by those that followed');
    for (const n of [2, 3, 4]) assert.equal(await stored(on, daemon(), n), 'all', `version ${n}`);
    const [said] = eventsOf(on, 'FilesRemoved');
    // The .changes; of two builds a log and a record each.
    const logs = 1 + 2 * 2;
    assert.equal(said?.files, filesOfVersion(daemon(), 1).length - 1 + logs);
    assert.ok(on.archive.pool(acme).every((path) => !path.includes('2.10-1')));
    for (const each of ['tidying its pool', 'removing the files of 1 versions that were let go'])
      assert.ok(works.has(`removal acme: ${each}`), [...works].join('\n'));
    assert.deepEqual(daemon().engine.works.now(), []);
  });

  it('keeps by age, and whatever was there yesterday', async (test) => {
    const { on, daemon, run, until, later } = await afterFour(test);
    await run('retention', { repository: acme, days: '30' });
    await later(20);
    on.clock.advance(120_000);
    await daemon().rests();
    assert.deepEqual(lostVersions(on), []);
    // After so long the clock is believed a day later.
    await later(1);
    await run('retention', { repository: acme, versions: '0', days: '0' });
    await until(() => lostVersions(on).length === 2 && isCleared(daemon()));
    await run('remove', { package: 'hello', distribution: `${unstable}-rollback0` });
    await later(0.5);
    on.clock.advance(120_000);
    await daemon().rests();
    assert.equal(lostVersions(on).length, 2, 'it left only now');
    await later(1);
    on.clock.advance(120_000);
    await until(() => lostVersions(on).length === 3 && isCleared(daemon()));
    assert.deepEqual(lostVersions(on), [v(1), v(2), v(3)]);
  });

  it('keeps what a named past state holds, until the name is released', async (test) => {
    const { on, daemon, times, run, refusedBy, until } = await afterFour(test);
    await run('snapshot', { action: 'name', repository: acme, time: times[0] ?? '', name: 'first' });
    await run('retention', { repository: acme, versions: '0' });
    await until(() => lostVersions(on).length > 0 && isCleared(daemon()));
    assert.deepEqual(lostVersions(on), [v(2)]);
    const named = await daemon().engine.snapshots.tree(acme, 'first', unstable, here);
    assert.ok(isRight(named) && on.archive.snapshot(named.right)?.distribution.holds[0]?.version === v(1));
    assert.equal(
      await refusedBy('snapshot', { action: 'name', repository: acme, time: times[2] ?? '', name: 'first' }),
      'name-taken',
    );
    await run('snapshot', { action: 'release', repository: acme, name: 'first' });
    assert.equal(await refusedBy('snapshot', { action: 'release', repository: acme, name: 'first' }), 'unknown-name');
    await until(() => lostVersions(on).length === 2 && isCleared(daemon()));
    assert.equal(await stored(on, daemon(), 1), 'some');
  });

  it('keeps what named past states hold also when another is named while files are let go', async (test) => {
    const { on, daemon, times, run } = await afterSome(test, [1, 2, 3, 4, 5], 0);
    await run('snapshot', { action: 'name', repository: acme, time: times[0] ?? '', name: 'first' });
    const fourth = daemon()
      .world.published.get(acme)
      ?.findLast(({ at }) => compactMoment(at) <= (times[3] ?? ''));
    assert.ok(fourth !== undefined);
    await daemon().kill();
    let isNamed = false;
    const meanwhile = async (): Promise<void> => {
      isNamed = true;
      const name = { command: 'NameSnapshot', repository: acme, label: 'fourth', publication: fourth.id } as never;
      assert.ok(isRight(await again.engine.tell(name, because)));
    };
    const openLog: typeof on.openLog = async () => {
      const log = await on.openLog();
      const append: typeof log.append = async (stream, expected, events) => {
        const appended = await log.append(stream, expected, events);
        if (!isNamed && events.some(({ body }) => body.type === 'FilesLetGo')) await meanwhile();
        return appended;
      };
      return { ...log, append };
    };
    const again = await boot({ ...on, openLog });
    test.after(() => again.kill());
    const said = await again.engine.api.run('retention', { repository: acme, versions: '0' }, admin);
    assert.ok(isRight(said));
    await again.until(() => eventsOf(on, 'FilesLetGo').length > 1 && isCleared(again));
    await again.rests();
    assert.ok(isNamed);
    assert.deepEqual(lostVersions(on), [v(2), v(3)]);
  });

  it('says what went before to whoever names a past state while its files are let go', async (test) => {
    const { on, daemon, times } = await afterSome(test, [1, 2, 3, 4, 5], 0);
    await daemon().kill();
    const said: string[] = [];
    let naming: ReturnType<Daemon['engine']['api']['run']> | undefined;
    // After it was decided what goes, and before it is said. Who names it may come in between, or has to wait for that.
    const meanwhile = async (): Promise<void> => {
      const asked = { action: 'name', repository: acme, time: times[0] ?? '', name: 'first' };
      naming = again.engine.api.run('snapshot', asked, admin);
      for (let turn = 0; turn < 2000 && !said.includes('SnapshotNamed'); turn += 1) await setImmediate();
    };
    const openLog: typeof on.openLog = async () => {
      const log = await on.openLog();
      const append: typeof log.append = async (stream, expected, events) => {
        if (naming === undefined && events.some(({ body }) => body.type === 'FilesLetGo')) await meanwhile();
        const appended = await log.append(stream, expected, events);
        said.push(...events.map(({ body }) => body.type));
        return appended;
      };
      return { ...log, append };
    };
    const again = await boot({ ...on, openLog });
    test.after(() => again.kill());
    assert.ok(isRight(await again.engine.api.run('retention', { repository: acme, versions: '0' }, admin)));
    await again.until(() => naming !== undefined);
    const named = await naming;
    assert.ok(named !== undefined && isRight(named));
    await again.until(() => eventsOf(on, 'FilesLetGo').length > 2 && isCleared(again));
    await again.rests();
    assert.deepEqual((named.right.json as { readonly lost: unknown }).lost, [{ source: hello, version: v(1) }]);
    const order = said.filter((type) => type === 'FilesLetGo' || type === 'SnapshotNamed');
    assert.deepEqual(order.slice(0, 2), ['FilesLetGo', 'SnapshotNamed']);
  });

  it('lets logs of checks go with their version, but nothing that another one has too', async (test) => {
    const lintian = { mode: 'ignore', options: [] } as const;
    const { on, daemon, run, until } = await afterSome(test, [1, 2], 0, async (here) => {
      await here.daemon().configure({ ...trixieConfigured, checks: { ...trixieConfigured.checks, lintian } });
    });
    await run('retention', { repository: acme, versions: '0' });
    await until(() => lostVersions(on).length > 0 && isCleared(daemon()));
    const passed = eventsOf(on, 'CheckPassed');
    const has = (files: readonly (StoredFile | null)[]) =>
      Promise.all(files.map(async (file) => file !== null && (await on.files.has(file.sha256))));
    assert.deepEqual(await has(passed.map(({ log }) => log)), [false, false, true, true]);
    // Nothing was found in either version: the reports are the same bytes, and the second one needs them.
    assert.deepEqual(await has(passed.map(({ report }) => report)), [true, true, true, true]);
  });

  it('ends the way back, in commands, indices and pool of the past, and says why', async (test) => {
    const { on, daemon, times, run, refusedBy, until } = await afterFour(test);
    const { tree, poolFile } = daemon().engine.snapshots;
    const before = await tree(acme, times[0] ?? '', unstable, here);
    assert.ok(isRight(before));
    await run('retention', { repository: acme, versions: '0' });
    await until(() => lostVersions(on).length === 2 && isCleared(daemon()));
    const gone = await tree(acme, times[0] ?? '', unstable, here);
    assert.ok(isLeft(gone) && gone.left.kind === 'gone');
    assert.match(gone.left.because.fact, /hello 2\.10-1~acme13\+1 were let go/);
    assert.ok(isRight(await tree(acme, times[0] ?? '', testing, here)), 'it held nothing that went');
    assert.ok(isRight(await tree(acme, times[3] ?? '', unstable, here)));
    const [dsc, orig] = ['hello_2.10-1~acme13+1.dsc', 'hello_2.10.orig.tar.gz'].map((name) =>
      poolFile(acme, `pool/main/h/hello/${name}`),
    );
    assert.ok(dsc !== undefined && isLeft(dsc) && dsc.left.kind === 'gone');
    assert.ok(orig !== undefined && isRight(orig), 'it is needed by others');
    assert.equal(
      await refusedBy('restore', { package: 'hello', distribution: unstable, version: v(1) }),
      'files-let-go',
    );
    assert.equal(on.archive.snapshot(before.right), undefined, 'what was made before is gone from the cache');
  });

  it('is set by administrators, and by nobody halfway', async (test) => {
    const { refusedBy } = await afterFour(test);
    assert.equal(await refusedBy('retention', { repository: acme, versions: '1' }, anonymous), 'needs-privilege');
    assert.equal(await refusedBy('retention', { repository: 'nobodys' }), 'unknown-repository');
    assert.equal(await refusedBy('retention', { repository: acme, versions: '1', everything: 'true' }), 'bad-argument');
    for (const versions of ['-1', '1.5', '99999', 'all'])
      assert.equal(await refusedBy('retention', { repository: acme, versions }), 'bad-argument');
  });

  it('is finished by the next life wherever the power fails', async (test) => {
    for (let n = 1, isMet = true; isMet; n += 1) {
      const { on, daemon, later, run, until } = await afterSome(test, [1, 2], 0);
      await run('retention', { repository: acme, versions: '0' });
      const doomed = await later(1, { n, when: 'after' });
      on.clock.advance(120_000);
      await until(() => lostVersions(on).length > 0 && isCleared(doomed));
      isMet = doomed.isDead();
      await later(0);
      on.clock.advance(120_000);
      await until(() => lostVersions(on).length > 0 && isCleared(daemon()));
      assert.deepEqual(lostVersions(on), [v(1)]);
      assert.equal(eventsOf(on, 'FilesRemoved').length, 1);
      assert.equal(await stored(on, daemon(), 1), 'some');
      assert.equal(await stored(on, daemon(), 2), 'all');
      assert.ok(n < 40);
    }
  });
});

describe('Withdrawing a file', () => {
  const debOf = (daemon: Daemon, n: number): StoredFile => {
    const deb = filesOfVersion(daemon, n).find(({ name }) => name.endsWith('.deb'));
    assert.ok(deb !== undefined);
    return deb;
  };

  it('is refused while any distribution or rollback has it, and names them', async (test) => {
    const { daemon, run, refusedBy } = await afterFour(test);
    for (const n of [3, 4]) {
      const file = debOf(daemon(), n).sha256;
      assert.equal(await refusedBy('withdraw', { file, reason: 'not ours' }), 'still-held');
    }
    const answer = await daemon().engine.api.run(
      'withdraw',
      { file: debOf(daemon(), 3).sha256, reason: 'not ours' },
      admin,
    );
    assert.ok(isLeft(answer));
    assert.match(answer.left[0]?.fact ?? '', /trixie-acme-unstable-rollback0 has hello 2\.10-3/);
    const shown: { readonly done: boolean } = await run('withdraw', {
      file: debOf(daemon(), 1).sha256,
      reason: 'not ours',
      'dry-run': 'true',
    });
    assert.equal(shown.done, false);
  });

  it('removes its bytes everywhere and leaves its hash', async (test) => {
    const { on, daemon, times, run, refusedBy, until } = await afterFour(test);
    const file = debOf(daemon(), 1);
    await run('snapshot', { action: 'name', repository: acme, time: times[0] ?? '', name: 'first' });
    assert.ok(isRight(await daemon().engine.snapshots.tree(acme, 'first', unstable, here)));
    await run('withdraw', { file: file.name, reason: 'not ours to give' });
    await until(() => isCleared(daemon()));
    assert.equal(await on.files.has(file.sha256), false);
    assert.deepEqual(
      eventsOf(on, 'FileWithdrawn').map(({ sha256, reason }) => [sha256, reason]),
      [[file.sha256, 'not ours to give']],
    );
    const gone = await daemon().engine.snapshots.tree(acme, 'first', unstable, here);
    assert.ok(isLeft(gone) && gone.left.kind === 'gone' && gone.left.because.rule === 'files-withdrawn');
    assert.equal(
      await refusedBy('restore', { package: 'hello', distribution: unstable, version: v(1) }),
      'files-withdrawn',
    );
    assert.ok(on.archive.pool(acme).every((path) => !path.includes('2.10-1')));
    assert.equal(await stored(on, daemon(), 4), 'all');
  });

  it('takes a log by its hash, and nothing that nobody knows', async (test) => {
    const { on, daemon, run, refusedBy, until } = await afterFour(test);
    const log = eventsOf(on, 'BuildSucceeded')[0]?.log.sha256 ?? '';
    await run('withdraw', { file: log, reason: 'names a person' });
    await until(() => isCleared(daemon()));
    assert.equal(await on.files.has(log as never), false);
    assert.equal(await refusedBy('withdraw', { file: '0'.repeat(64), reason: 'not ours' }), 'unknown-file');
    assert.equal(await refusedBy('withdraw', { file: '../../etc/passwd', reason: 'not ours' }), 'bad-argument');
    assert.equal(await refusedBy('withdraw', { file: log, reason: '' }), 'bad-argument');
    const staff: Caller = { ...admin, privilege: 'staff' };
    assert.equal(await refusedBy('withdraw', { file: log, reason: 'not ours' }, staff), 'needs-privilege');
  });
});

describe('The command snapshot', () => {
  it('lists, shows and compares what apt saw', async (test) => {
    const { times, run, refusedBy } = await afterFour(test);
    const list: { readonly publications: readonly { readonly time: string }[]; readonly next: string | null } =
      await run('snapshot', { action: 'list', repository: acme, limit: '2' }, user);
    assert.equal(list.publications.length, 2);
    assert.ok(list.next !== null);
    const older: typeof list = await run('snapshot', { action: 'list', repository: acme, before: list.next }, user);
    assert.ok(
      older.publications.length >= 2 && older.publications.every(({ time }) => time < `${list.publications[1]?.time}`),
    );
    const shown: { readonly distributions: readonly { readonly distribution: string; readonly source: string }[] } =
      await run('snapshot', { action: 'show', repository: acme, time: times[1] ?? '' }, user);
    const source = shown.distributions.find(({ distribution }) => distribution === unstable)?.source ?? '';
    assert.match(source, /^URIs: http:\/\/[^/]+\/snapshots\/acme\/\d{8}T\d{6}Z$/m);
    assert.match(source, /^Suites: trixie-acme-unstable$/m);
    const diff = await run(
      'snapshot',
      { action: 'diff', repository: acme, time: times[0] ?? '', other: times[1] ?? '' },
      user,
    );
    assert.deepEqual((diff as { distributions: unknown }).distributions, [
      { distribution: unstable, added: [], removed: [], changed: [{ source: hello, from: v(1), to: v(2) }] },
    ]);
    await run('remove', { package: 'hello', distribution: unstable });
    assert.equal(
      await refusedBy('snapshot', { action: 'name', repository: acme, time: times[0] ?? '', name: 'x1' }, user),
      'needs-privilege',
    );
    assert.equal(await refusedBy('snapshot', { action: 'show', repository: acme }), 'bad-argument');
    assert.equal(
      await refusedBy('snapshot', { action: 'show', repository: acme, time: '29990101T000000Z' }),
      'future-time',
    );
    assert.equal(await refusedBy('snapshot', { action: 'list', repository: 'nobodys' }), 'unknown-repository');
  });
});
