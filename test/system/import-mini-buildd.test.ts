import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cleanMachine, hostMirror } from './support/clean-machine.ts';
import { privateApt } from './support/client-apt.ts';
import { type Instance, startInstance } from './support/instance.ts';
import { lifeOfAnOlderMiniBuildd } from './support/older-mini-buildd.ts';
import { eventually, run } from './support/programs.ts';

const codename = 'trixie';
const suites = ['unstable', 'unstable-rollback0', 'testing', 'stable', 'experimental'];

describe('the home of the mini-buildd 2 that Debian has', () => {
  let instance: Instance;
  let old: string;
  let version = '';
  let said = '';

  before(async () => {
    const machine = await cleanMachine(codename);
    try {
      const [mirror] = await hostMirror();
      const life = await lifeOfAnOlderMiniBuildd(machine, codename, mirror);
      version = life.version;
      const setup = ['setup', '--vendors', 'debian', '--codenames', codename, '--chroots', 'none', '--update'];
      instance = await startInstance({}, setup, undefined, async ({ folder, verb }) => {
        old = join(folder, 'old');
        // Neither chroots and logs nor sockets of gpg.
        const isKept = (path: string): boolean => !/^\/var(?:\/|$)|\/S\./.test(path.slice(life.home.length));
        await cp(life.home, old, { recursive: true, filter: isKept });
        await run('chown', ['-R', 'mini-buildd:mini-buildd', old]);
        const { code, out, err } = await verb(['import', old]);
        assert.equal(code, 0, `${out}${err}`);
        said = out;
      });
    } finally {
      await machine.remove();
    }
  });
  after(() => instance?.remove());

  /** What apt makes of all that is served there, by the key that the old home signed with. */
  const seenAt = async (name: string, uri: string): Promise<string> => {
    const distributions = suites.map((suite) => `${codename}-test-${suite}`).join(' ');
    const stanza = `Types: deb deb-src\nURIs: ${uri}\nSuites: ${distributions}\nComponents: main\nSigned-By: it\n`;
    const key = await run('gpg', ['--homedir', join(old, '.gnupg'), '--armor', '--export', 'mini-buildd']);
    const { apt } = await privateApt(join(instance.folder, name), stanza, key);
    await apt('update');
    const policy = await apt('policy', 'mbd-test-archall', 'acme-archive-keyring');
    const sources = await apt('source', '--print-uris', '-qq', 'mbd-test-archall', 'acme-archive-keyring');
    const files = sources.split('\n').map((line) => line.replace(/^'[^']*\/([^/']+)'/, '$1'));
    return [policy, ...files]
      .join('\n')
      .replaceAll(uri.replace(/^file:\/\//, 'file:'), 'IT')
      .replaceAll(uri, 'IT');
  };

  it('was made by the real one, and all of it that can come along is said to', () => {
    assert.match(version, /^2\./);
    assert.match(said, /^--- test\n[\s\S]*imported and verified: 3 versions of 2 source packages\n/);
    assert.match(said, /^uploader admin: key [0-9A-F]{40} waits to be approved/m);
    assert.match(said, /^chroot trixie:\S+: directory, prepared when the daemon runs$/m);
  });

  it('is to apt what it was: the same versions in suites and rollbacks, by the same key', async () => {
    const published = async () =>
      (await instance.events('type=RepositoryPublished')).find(({ repository }) => repository === 'test');
    await eventually('the repository that moved in', 120, published);
    const before = await seenAt('apt-before', `file://${old}/repositories/test`);
    const after = await seenAt('apt-after', `http://${instance.http}/repositories/test`);
    assert.match(before, /unstable-rollback0\/main/);
    assert.match(before, /acme-archive-keyring:\n/);
    assert.equal(after, before);
  });

  it('is whole by the log', async () => {
    const { code, out } = await instance.verb(['log', 'verify']);
    assert.equal(code, 0, out);
  });
});
