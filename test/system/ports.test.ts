import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clientApt, privateApt } from './support/client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { attempt, eventually, type Ran, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

const toolProgram = join(import.meta.dirname, '../../src/cli/mini-buildd-tool.ts');

describe('Ports and packages of our own', () => {
  let instance: Instance;
  let unstable: string;
  let experimental: string;
  let suffix: string;
  let password: string;

  before(async () => {
    instance = await startInstance();
    await instance.stop();
    const { out, err } = await instance.verb(['user', 'add', 'admin', '--role', 'admin']);
    password = /has the password (\S+)/.exec(out)?.[1] ?? '';
    assert.notEqual(password, '', err);
    await instance.start();
    ({ distribution: unstable, suffix } = await sandbox(instance));
    experimental = unstable.replace('-unstable', '-experimental');
    await dput(
      instance,
      await makeSource(instance.folder, {
        name: 'ported',
        version: `1.0-1${suffix}`,
        distribution: unstable,
        upstream: { 'README.md': 'upstream' },
      }),
    );
    await instance.reaches('ported', `1.0-1${suffix}`, 'published');
    // From here on only the archive key may upload.
    await done('apply', 'repositories:\n  test:\n    allowUnauthenticated: false\n');
  });
  after(() => instance.remove());

  /** As the administrator, who confirms what has to be. */
  const admin = (...words: string[]): Promise<Ran> =>
    attempt(
      process.execPath,
      [toolProgram, `admin@${instance.http}`, ...words, ...(words[0] === 'help' ? [] : ['--confirm', words[0] ?? ''])],
      { env: { MINI_BUILDD_PASSWORD: password } },
    );
  const done = async (...words: string[]): Promise<string> => {
    const { code, out, err } = await admin(...words);
    assert.equal(code, 0, `${words.join(' ')}: ${out}${err}`);
    return out;
  };

  const versionIn = async (distribution: string, name: string): Promise<string | undefined> => {
    const { apt } = await clientApt(instance, distribution);
    await apt('update');
    return /Candidate: (\d\S*)/.exec(await apt('policy', name))?.[1];
  };

  it('brings a package into another suite, as an upload that the archive key signed', async () => {
    await done('port', 'ported', unstable, experimental, '--wait');
    assert.equal(await versionIn(experimental, 'ported'), `1.0-1${suffix.replace(/1$/, '0')}`);
    const { apt, folder } = await clientApt(instance, experimental);
    await apt('update');
    await apt('source', '--download-only', 'ported');
    const changelog = await run('sh', ['-c', 'tar -xOf ported_*.debian.tar.xz debian/changelog'], { cwd: folder });
    assert.match(changelog, /Original DSC's SHA1: [0-9a-f]{40}\.\n {2}\* Original DSC's SHA256: [0-9a-f]{64}\./);
    assert.match(changelog, /\* MINI_BUILDD_OPTION: ignore-lintian=true/);
    assert.equal((await instance.events('type=UploadReceived')).at(-1)?.door, 'internal');
  });

  it('builds a package again where it is', async () => {
    await done('port', 'ported', unstable, unstable, '--wait');
    assert.match((await versionIn(unstable, 'ported')) ?? '', /\+rebuilt\d{14}$/);
  });

  it('fetches a source package of Debian, where the configuration allows it', async () => {
    const [line = ''] = (await run('apt-get', ['--print-uris', 'download', 'hello'])).split('\n');
    const [, url = '', version = ''] = /^'(\S+)\/hello_([^_]+)_\S+\.deb'/.exec(line) ?? [];
    const dsc = `${url}/hello_${decodeURIComponent(version)}.dsc`;
    await done('apply', `instance:\n  portextFrom: ["${new URL('/', dsc).href}nothing/"]\n`);
    const refused = await admin('portext', dsc, unstable);
    assert.match(refused.err, /address-not-allowed/);
    await done('apply', `instance:\n  portextFrom: ["${url}"]\n`);
    await done('portext', dsc, unstable, '--wait');
    assert.equal(await versionIn(unstable, 'hello'), `${version}${suffix}`);
  });

  it('makes a keyring package with which apt trusts every distribution', async () => {
    await done('keyringpackages', '--wait');
    const identity = /^\[mini-buildd-(\S+)\]/.exec((await instance.tool('getdputconf')).out)?.[1];
    const name = `${identity}-archive-keyring`;
    const stable = unstable.replace('-unstable', '-stable');
    const { apt, folder } = await clientApt(instance, stable);
    await eventually('the keyring package to be in stable', 60, async () => {
      await apt('update');
      return /Candidate: \d/.test(await apt('policy', name)) || undefined;
    });
    await apt('download', name);
    const deb = (await readdir(folder)).find((each) => each.startsWith(`${name}_`)) ?? '';
    await run('dpkg-deb', ['--extract', deb, 'keyring'], { cwd: folder });
    const [codename = '', repository = ''] = unstable.split('-');
    const library = join(folder, 'keyring/usr/share/mini-buildd/sources.list.d');
    const key = join(folder, `keyring/usr/share/keyrings/${name}.pgp`);
    for (const suite of ['stable', 'unstable', 'unstable-rollback0', 'unstable_src']) {
      const stanza = await readFile(join(library, `${codename}_${identity}_${repository}_${suite}.sources`), 'utf8');
      assert.match(stanza, new RegExp(`^Signed-By: /usr/share/keyrings/${name}\\.pgp$`, 'm'));
      const root = join(instance.folder, `trusting-${suite}`);
      await mkdir(root);
      const client = await privateApt(root, stanza, '');
      await writeFile(
        join(root, 'etc/apt/sources.list.d/it.sources'),
        stanza.replace(/^Signed-By: .*$/m, `Signed-By: ${key}`),
      );
      await client.apt('update', '--error-on=any');
    }
  });

  it('makes test packages, of which one is to fail', async () => {
    const packages = ['mbd-test-archall', 'mbd-test-cpp', 'mbd-test-ftbfs'];
    const followed = await admin('testpackages', '--wait');
    assert.equal(followed.code, 1, followed.out);
    const rows = await instance.uploads();
    const status = (name: string) => rows.find(({ source }) => source === name)?.status;
    assert.deepEqual(packages.map(status), ['published', 'published', 'failed'], JSON.stringify(rows));
  });
});
