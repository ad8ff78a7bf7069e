import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clientApt } from './support/client-apt.ts';
import { dput, type Instance, sandbox, startInstance } from './support/instance.ts';
import { attempt, run } from './support/programs.ts';
import { makeSource } from './support/source-package.ts';

const toolProgram = join(import.meta.dirname, '../../src/cli/mini-buildd-tool.ts');

describe('Packages that are built again by sbuild', () => {
  let instance: Instance;
  let unstable: string;
  let version: string;
  let password: string;

  before(async () => {
    instance = await startInstance();
    await instance.stop();
    const { out, err } = await instance.verb(['user', 'add', 'admin', '--role', 'admin']);
    password = /has the password (\S+)/.exec(out)?.[1] ?? '';
    assert.notEqual(password, '', err);
    await instance.start();
    const made = await sandbox(instance);
    unstable = made.distribution;
    version = `1.0-1${made.suffix}`;
    const about = { version, distribution: unstable, architecture: 'any', upstream: { 'README.md': 'upstream' } };
    await dput(instance, await makeSource(instance.folder, { name: 'nmulib', ...about }));
    await instance.reaches('nmulib', version, 'published');
    // It notes what it was built with.
    const build = 'mkdir -p debian/tmp/usr/share/nmuuser\ndpkg-query -W nmulib > debian/tmp/usr/share/nmuuser/with';
    const user = { name: 'nmuuser', ...about, buildDepends: 'nmulib (>= 1.0)', build };
    await dput(instance, await makeSource(instance.folder, user));
    await instance.reaches('nmuuser', version, 'published');
  });
  after(() => instance.remove());

  const done = async (...words: string[]): Promise<string> => {
    const given = [toolProgram, `admin@${instance.http}`, ...words, '--confirm', words[0] ?? ''];
    const { code, out, err } = await attempt(process.execPath, given, { env: { MINI_BUILDD_PASSWORD: password } });
    assert.equal(code, 0, `${words.join(' ')}: ${out}${err}`);
    return out;
  };

  const candidateIn = async (distribution: string, name: string): Promise<string | undefined> => {
    const { apt } = await clientApt(instance, distribution);
    await apt('update');
    return /Candidate: (\d\S*)/.exec(await apt('policy', name))?.[1];
  };

  it('are newer to apt, beside their source, and each was built with those that went first', async () => {
    const plan = await done('binnmu', unstable, 'nmuuser,nmulib', '--reason', 'Rebuild for a test', '--dry-run');
    assert.match(plan, /^1\. nmulib .* would be built again as \S+\+b1 on \w+\n2\. nmuuser .*, after nmulib\n$/);
    await done('binnmu', unstable, 'nmuuser,nmulib', '--reason', 'Rebuild for a test', '--wait');
    for (const name of ['nmulib', 'nmuuser']) assert.equal(await candidateIn(unstable, name), `${version}+b1`);
    const { apt, folder } = await clientApt(instance, unstable);
    await apt('update');
    await apt('download', 'nmuuser');
    const deb = (await readdir(folder)).find((name) => name.startsWith('nmuuser_')) ?? '';
    await run('dpkg-deb', ['--extract', deb, 'user'], { cwd: folder });
    assert.equal(await readFile(join(folder, 'user/usr/share/nmuuser/with'), 'utf8'), `nmulib\t${version}+b1\n`);
    assert.match(
      await run('dpkg-deb', ['-f', deb, 'Source'], { cwd: folder }),
      new RegExp(`^nmuuser \\(${version.replace(/[+.]/g, '\\$&')}\\)$`, 'm'),
    );
    await apt('source', '--download-only', 'nmuuser');
    assert.ok((await readdir(folder)).includes(`nmuuser_${version}.dsc`));
  });

  it('migrate with their source', async () => {
    await done('migrate', 'nmulib', unstable, '--wait');
    const testing = unstable.replace('-unstable', '-testing');
    assert.equal(await candidateIn(testing, 'nmulib'), `${version}+b1`);
  });

  it('are built again above the number that was', async () => {
    await done('binnmu', unstable, 'nmulib', '--reason', 'Once more', '--wait');
    assert.equal(await candidateIn(unstable, 'nmulib'), `${version}+b2`);
    const testing = unstable.replace('-unstable', '-testing');
    assert.equal(await candidateIn(testing, 'nmulib'), `${version}+b1`);
  });
});
