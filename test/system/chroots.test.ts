import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { ChrootConfigured } from '../../src/domain/configuration/chroot-events.ts';
import type { SourceConfigured } from '../../src/domain/configuration/events.ts';
import { plainRecipe } from '../support/fixed-examples.ts';
import { helperAtWork, hostChroot } from './helper-at-work.ts';

const instance = 'systemchroots';

describe('preparing chroots', () => {
  let at: Awaited<ReturnType<typeof helperAtWork>>;
  let machine: Awaited<ReturnType<typeof hostChroot>>;

  before(async () => {
    machine = await hostChroot();
    at = await helperAtWork(instance);
    await at.chroots.remove(machine.chroot.codename, machine.chroot.architecture);
  });
  after(async () => {
    await at.chroots.remove(machine.chroot.codename, machine.chroot.architecture);
    await at.stop();
  });

  const folder = (): string =>
    `/var/lib/mini-buildd/chroots/${instance}/${machine.chroot.codename}-${machine.chroot.architecture}`;
  const generations = async (): Promise<readonly string[]> =>
    (await readdir(folder()).catch(() => [])).filter((name) => !name.startsWith('.'));
  const mounts = async (): Promise<readonly string[]> =>
    (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter((line) => line.includes(instance));
  const prepare = (chroot: Partial<ChrootConfigured>, base: Partial<SourceConfigured> = {}) => {
    const lines: string[] = [];
    const wanted = { ...machine.chroot, ...chroot };
    return at.chroots
      .prepare(wanted, { ...machine.base, ...base }, machine.extras, (line) => lines.push(line))
      .then((result) => ({ result, lines }));
  };

  it('says truthfully what the machine can give', async () => {
    const { network, processes, bounds } = await at.chroots.confinement();
    assert.deepEqual([network, processes], [true, true]);
    assert.ok(bounds === true || bounds.length > 0);
  });

  it('leaves nothing of a preparation that failed, and says why', async () => {
    const { result } = await prepare({}, { suite: 'no-such-suite' });
    assert.equal(result.outcome, 'failed');
    assert.equal(result.outcome === 'failed' && result.stage, 'mmdebstrap');
    assert.match(result.outcome === 'failed' ? result.fact : '', /no-such-suite/);
    assert.deepEqual(await generations(), []);
    assert.deepEqual(await mounts(), []);
  });

  it('does not trust a source whose key it was not given', async () => {
    const { result } = await prepare({}, { keys: '/etc/hostname' });
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(await generations(), []);
  });

  it('names the keyring that is missing', async () => {
    const { result } = await prepare({}, { keys: '/usr/share/keyrings/no-such.gpg' });
    assert.deepEqual([result.outcome, result.outcome === 'failed' && result.stage], ['failed', 'keyring']);
  });

  it('makes a new template beside the old one, and removes the old one when no build uses it', async () => {
    const first = await prepare({ kind: 'file' });
    assert.equal(first.result.outcome, 'prepared', JSON.stringify(first.result));
    assert.ok(first.lines.some((line) => line.startsWith('I: success')));
    const old = first.result.outcome === 'prepared' ? first.result.generation : '';
    assert.deepEqual(await generations(), [old]);

    const { codename, architecture } = machine.chroot;
    const build = `01ARZ3NDEKTSV4RRFFQ69G5FAV-${architecture}`;
    const order = { verb: 'run-build', build, attempt: '1', codename, architecture, dsc: 'x_1.dsc' };
    const apt = { aptSources: '', aptPreferences: '' };
    const about = { distribution: `${codename}-test-unstable`, recipe: plainRecipe };
    const job = await at.helper.start({ ...order, ...apt, ...about });
    await job.frames.next();

    const second = await prepare({});
    assert.equal(second.result.outcome, 'prepared', JSON.stringify(second.result));
    const present = second.result.outcome === 'prepared' ? second.result.generation : '';
    assert.equal(await at.chroots.isReady(codename, architecture, present), true);
    assert.equal(await at.chroots.isReady(codename, architecture, old), true, 'a build uses it');
    await assert.rejects(at.chroots.remove(codename, architecture), /busy/);

    job.end();
    await at.chroots.sweep();
    assert.equal(await at.chroots.isReady(codename, architecture, old), false);
    assert.deepEqual(await generations(), [present]);
    assert.deepEqual(await mounts(), []);
  });

  it('sweeps up what a preparation left when the power failed', async () => {
    const before = await generations();
    const preparing = prepare({}).then(
      () => undefined,
      (error: Error) => error,
    );
    for (let tries = 0; tries < 500 && (await generations()).length === before.length; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await at.killHelper();
    assert.match((await preparing)?.message ?? '', /ended in the middle/);
    await at.startHelper();
    // A helper sweeps as it starts.
    const left = async () => (await generations()).join() !== before.join();
    for (let tries = 0; tries < 500 && (await left()); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await generations(), before);
    assert.deepEqual(await mounts(), []);
  });
});
