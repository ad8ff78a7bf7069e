import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asks } from '../support/asks.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

type Row = { readonly name: string; readonly state: string; readonly reason: string | null };

describe('A chroot', () => {
  it('is listed with how it stands, and shows what its preparation printed', async (test) => {
    const on = await machine(test);
    on.chroots.behave((architecture) =>
      architecture === 'arm64'
        ? { outcome: 'failed', stage: 'download', fact: 'deb.debian.example.org is unreachable' }
        : { outcome: 'prepared', generation: '7', seconds: 31.4 },
    );
    const daemon = await boot(on);
    await daemon.until(({ templates }) => templates.get('trixie-arm64')?.failed !== undefined);
    await daemon.until(({ templates }) => templates.get('trixie-amd64')?.prepared !== undefined);
    const { json, plain } = await asks(daemon, 'chroot', { action: 'list' });
    assert.deepEqual(
      (json as readonly Row[]).map(({ name, state, reason }) => [name, state, reason]),
      [
        ['trixie-amd64', 'ready', null],
        ['trixie-arm64', 'failed', 'download: deb.debian.example.org is unreachable'],
      ],
    );
    assert.match(plain ?? '', /^trixie-amd64: ready \(directory\) generation 7, \d+ minutes old\n/);
    const log = await asks(daemon, 'chroot', { action: 'log', name: 'trixie-arm64' });
    assert.equal(log.plain, 'I: running debootstrap\n');
  });

  it('is followed by who asked for it, until it is ready or failed', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
    const progress = async () => (await asks(daemon, 'progress', { stream: 'chroot-trixie-amd64' }, 'none')).json;
    assert.deepEqual(await progress(), {
      stream: 'chroot-trixie-amd64',
      line: 'trixie-amd64: ready',
      ended: true,
      succeeded: true,
    });
    on.chroots.behave(() => undefined);
    const refreshed = await asks(daemon, 'chroot', { action: 'refresh', name: 'trixie-amd64' });
    assert.deepEqual(refreshed.follow, ['chroot-trixie-amd64']);
    await daemon.rests();
    const { line, ended } = (await progress()) as { readonly line: string; readonly ended: boolean };
    assert.match(line, /^trixie-amd64: being prepared, \d+ lines printed$/);
    assert.equal(ended, false);
    await daemon.kill();
    on.chroots.behave(() => ({ outcome: 'failed', stage: 'download', fact: 'no route' }));
    const again = await boot(on);
    await again.until(({ templates }) => templates.get('trixie-amd64')?.failed !== undefined);
    const failed = (await asks(again, 'progress', { stream: 'chroot-trixie-amd64' }, 'none')).json;
    assert.deepEqual(failed, {
      stream: 'chroot-trixie-amd64',
      line: 'trixie-amd64: failed in download: no route; it is tried again',
      ended: true,
      succeeded: false,
    });
  });

  it('is made anew when that is asked for, while builds go on in the old one', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
    const before = on.chroots.prepared.length;
    on.chroots.behave(() => undefined);
    await asks(daemon, 'chroot', { action: 'refresh', name: 'trixie-amd64', reason: 'a security update' });
    await daemon.rests();
    assert.equal(on.chroots.prepared.length, before + 1);
    assert.equal(eventsOf(on, 'ChrootOutdated')[0]?.reason, 'a security update');
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    await daemon.kill();

    on.chroots.behave(() => ({ outcome: 'prepared', generation: '9', seconds: 30 }));
    const again = await boot(on);
    await again.until(({ templates }) => templates.get('trixie-amd64')?.prepared?.generation === '9');
    assert.equal(on.chroots.prepared.length, before + 2, 'a kill in the middle is made good, once');
  });

  it('is made anew, and sources are looked at, when the engine is started with --force-check', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
    const before = on.chroots.prepared.length;
    assert.equal((await asks(daemon, 'start', { 'force-check': 'true' })).refused, undefined);
    await daemon.until(({ templates }) => [...templates.values()].every(({ isOutdated }) => !isOutdated));
    assert.equal(on.chroots.prepared.length, before + daemon.world.configuration.chroots.size);
    assert.equal(eventsOf(on, 'SourceCheckRequested').length, daemon.world.configuration.sources.size);
    await daemon.kill();
  });

  it('is removed with its template, and added again', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.until(({ templates }) => [...templates.values()].every(({ prepared }) => prepared !== undefined));
    await asks(daemon, 'chroot', { action: 'remove', name: 'trixie-arm64', 'dry-run': 'true' });
    assert.equal(eventsOf(on, 'ChrootRemoved').length, 0);
    assert.equal((await asks(daemon, 'chroot', { action: 'remove', name: 'trixie-arm64' })).refused, undefined);
    await daemon.until(({ templates }) => !templates.has('trixie-arm64'));
    assert.deepEqual(on.chroots.removed, ['trixie-arm64']);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 1);
    await daemon.rests();
    assert.match((await asks(daemon, 'status')).plain ?? '', /arm64: waits: no builder has a chroot for trixie\/arm64/);
    assert.equal((await asks(daemon, 'chroot', { action: 'add', name: 'trixie-arm64' })).refused, undefined);
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    assert.deepEqual((await asks(daemon, 'chroot', { action: 'add', name: 'trixie-arm64' })).refused, [
      'already-there',
    ]);
  });

  it('is refused by name, and to who may not', async (test) => {
    const daemon = await boot(await machine(test));
    for (const [given, rule] of [
      [{ action: 'refresh', name: 'trixie-s390x' }, 'no-chroot'],
      [{ action: 'refresh' }, 'bad-argument'],
      [{ action: 'remove', name: '../etc-passwd' }, 'bad-argument'],
      [{ action: 'add', name: 'trixie-arm64', kind: 'plain' }, 'bad-argument'],
      [{ action: 'log', name: 'trixie-s390x' }, 'no-log'],
    ] as const) {
      assert.deepEqual((await asks(daemon, 'chroot', given)).refused, [rule], JSON.stringify(given));
    }
    assert.deepEqual((await asks(daemon, 'chroot', { action: 'list' }, 'staff')).refused, ['needs-privilege']);
  });
});
