import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { machinesList } from '../../src/app/pages/machines-list.ts';
import { asks } from '../support/asks.ts';
import { stored } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

type List = ReturnType<ReturnType<typeof machinesList>>;

const listed = async (daemon: Daemon, given: Readonly<Record<string, string>> = {}) => {
  const { json, plain } = await asks(daemon, 'machines', given, 'none');
  return { ...(json as List), plain: plain ?? '' };
};

const named = ({ items }: Pick<List, 'items'>) => items.map(({ kind, name, state }) => `${kind} ${name} ${state}`);

const remote = 'bert.example.org:8066';

describe('The list of machines', () => {
  it('has this builder, nodes, remotes and chroots, with what each builds, and is narrowed by what they are', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    await daemon.rests();
    await daemon.configure({
      type: 'RemoteConfigured',
      remote,
      url: `http://${remote}`,
      fingerprint: 'D'.repeat(40),
      key: stored('bert.asc'),
    } as never);
    on.builder.behave(() => 'hangs');
    await daemon.uploads(sourceUpload());
    await daemon.until(() => on.builder.underWay().length === 2);

    const all = await listed(daemon);
    assert.deepEqual(named(all), [
      'builder ernie works',
      `remote ${remote} lost`,
      'chroot trixie-amd64 ready',
      'chroot trixie-arm64 ready',
    ]);
    const [own, , amd64] = all.items;
    assert.deepEqual(own?.buildsFor, ['trixie/amd64', 'trixie/arm64']);
    assert.equal(own?.running, 2);
    assert.deepEqual(own?.building.map(({ source, architecture }) => `${source} ${architecture}`).sort(), [
      'hello amd64',
      'hello arm64',
    ]);
    assert.deepEqual(
      amd64?.building.map(({ architecture }) => architecture),
      ['amd64'],
    );
    assert.match(all.plain, /works +builder +ernie +2 of \d+, hello /);
    for (const privilege of ['none', 'staff'] as const) {
      const told = (await asks(daemon, 'machines', {}, privilege)).json as List;
      assert.equal(told.items.filter(({ stream }) => stream === null).length, privilege === 'none' ? 1 : 0);
      for (const { stream } of told.items) {
        if (stream === null) continue;
        const { json } = await asks(daemon, 'history', { stream }, privilege);
        assert.ok((json as { readonly events: readonly unknown[] }).events.length > 0, stream);
      }
    }

    assert.deepEqual(named(await listed(daemon, { kind: 'remote' })), [`remote ${remote} lost`]);
    assert.deepEqual(named(await listed(daemon, { state: 'inactive' })), []);
    assert.deepEqual(named(await listed(daemon, { architecture: 'arm64' })), [
      'builder ernie works',
      'chroot trixie-arm64 ready',
    ]);
    assert.deepEqual(named(await listed(daemon, { codename: 'sid' })), []);
    assert.deepEqual(named(await listed(daemon, { name: 'trixie-*' })).length, 2);
    assert.deepEqual((await asks(daemon, 'machines', { kind: 'toaster' })).refused, ['bad-argument']);

    await asks(daemon, 'stop', { reason: 'new disk' });
    const stopped = (await listed(daemon, { kind: 'builder' })).items[0];
    assert.deepEqual([stopped?.state, stopped?.look], ['stopped', 'warn']);
    assert.match(stopped?.reason ?? '', /new disk/);
    assert.equal((await listed(daemon, { state: 'troubled' })).found, 2);
  });
});
