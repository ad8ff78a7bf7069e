import assert from 'node:assert/strict';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../support/remove-folder.ts';
import { type Instance, startInstance } from './support/instance.ts';
import { attempt } from './support/programs.ts';
import { unpack } from './support/unpack.ts';

const monitoring = resolve(import.meta.dirname, '../../ops/monitoring');

describe('an instance that is watched by others', () => {
  let folder: string;
  let instance: Instance;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-monitoring-'));
    await unpack(folder, ['prometheus']);
    await cp(monitoring, join(folder, 'rules'), { recursive: true });
    instance = await startInstance();
  });
  after(async () => {
    await instance?.remove();
    await removeFolder(folder);
  });
  const promtool = (...args: string[]) =>
    attempt(join(folder, 'usr/bin/promtool'), args, { cwd: join(folder, 'rules') });

  it('has alert rules that Prometheus takes, and that are raised when they should be', async () => {
    const checked = await promtool('check', 'rules', 'alerts.yaml');
    assert.equal(checked.code, 0, `${checked.out}${checked.err}`);
    const tested = await promtool('test', 'rules', 'alerts.test.yaml');
    assert.equal(tested.code, 0, `${tested.out}${tested.err}`);
  });

  it('answers a monitor on its host, while it runs and when it does not', async () => {
    const { code, out } = await instance.verb(['check']);
    assert.match(out, /^MINI-BUILDD (?:OK|WARNING): .* \| building=0 waiting=0 /, out);
    assert.ok(code === 0 || code === 1);
    await instance.stop();
    const silent = await instance.verb(['check', '--url', `http://${instance.http}`]);
    assert.deepEqual([silent.code, silent.out.slice(0, 22)], [2, 'MINI-BUILDD CRITICAL: ']);
    assert.equal((await instance.verb(['check', '--waiting', 'long'])).code, 3);
  });
});
