import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dputNg } from './support/dput-ng.ts';
import { eventually, run } from './support/programs.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';
import { makeSource } from './support/source-package.ts';
import { behindSshd, type Sshd } from './support/sshd.ts';

const program = fileURLToPath(new URL('../../src/cli/mini-buildd-ssh-upload.ts', import.meta.url));

/** What dput-ng needs to speak SFTP, besides what it needs anyway. */
const paramiko = ['paramiko', 'bcrypt', 'cryptography', 'nacl', 'cffi-backend', 'six'].map((name) => `python3-${name}`);

describe('A key of ssh that may upload to an instance', () => {
  let daemon: QuickDaemon;
  before(async () => {
    daemon = await quickDaemon();
  });
  after(() => daemon.remove());

  const keyForUploads = (test: TestContext): Promise<Sshd> =>
    behindSshd(test, `${process.execPath} ${program} 127.0.0.1:${daemon.ftpPort}`);

  const source = (name: string): Promise<string> =>
    makeSource(daemon.folder, { name, version: '1.0~test13+1', distribution: daemon.distribution });

  const accepted = (name: string): Promise<unknown> =>
    eventually(`${name} to be accepted`, 30, async () => {
      const uploads = await daemon.log.query({ type: 'UploadAccepted', limit: 100 });
      return uploads.find(({ body }) => 'source' in body && body.source === name);
    });

  it('uploads by dput with scp, which has the modes of what it sent changed', async (test) => {
    const { folder, options } = await keyForUploads(test);
    const changes = await source('by-scp');
    await chmod(changes, 0o600);
    const lines = [
      ...['[ours]', 'fqdn = 127.0.0.1', 'method = scp', 'incoming = /incoming', 'login = root'],
      ...['allow_unsigned_uploads = 1', 'ssh_config_options =', ...options.map((option) => `  ${option}`)],
    ];
    await writeFile(join(folder, 'dput.cf'), `${lines.join('\n')}\n`);
    await run('dput', ['--unchecked', '--config', join(folder, 'dput.cf'), 'ours', changes]);
    await accepted('by-scp');
  });

  it('uploads by dput-ng with sftp', async (test) => {
    const { folder, port } = await keyForUploads(test);
    const home = join(folder, 'home');
    await mkdir(join(home, '.ssh'), { recursive: true });
    const hostKey = await readFile(join(folder, 'host.pub'), 'utf8');
    await writeFile(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
    await writeFile(join(home, '.ssh/config'), `Host 127.0.0.1\n  IdentityFile ${join(folder, 'user')}\n`);
    const profile = { method: 'sftp', fqdn: '127.0.0.1', port, login: 'root', incoming: '/incoming' };
    const whole = { ...profile, allow_unsigned_uploads: true, sftp: { confirm_upload: true }, hooks: [] };
    const { code, out, err } = await dputNg(home, JSON.stringify(whole), await source('by-sftp'), paramiko);
    assert.equal(code, 0, `${out}${err}`);
    await accepted('by-sftp');
  });

  it('does nothing else, whatever is asked', async (test) => {
    const { folder, target, say } = await keyForUploads(test);
    const changes = await source('by-batch');
    const [dsc, back] = [changes.replace('_source.changes', '.dsc'), join(folder, 'back')];
    const refused = [
      ...[`put ${dsc} ../../escaped`, `put ${dsc} ${folder}/escaped`, `put ${dsc} /incoming/.hidden`],
      ...[`put ${dsc} /incoming/-oProxyCommand=id`, `get ${basename(dsc)} ${back}`, `get /etc/passwd ${back}`],
      ...['ls', 'ls /etc', 'cd /etc', 'cd ..', 'symlink /etc/passwd link', 'ln /etc/passwd link', 'mkdir folder'],
      ...[`rm ${basename(dsc)}`, `rename ${basename(dsc)} other`, 'rmdir /incoming', `reput ${dsc} ${basename(dsc)}`],
    ];
    const others = ['.tar.xz', '_source.buildinfo'].map((end) => changes.replace('_source.changes', end));
    const script = [
      ...['cd /incoming', `put ${dsc}`, ...others.map((file) => `put -p ${file}`)],
      ...[...refused.map((line) => `-${line}`), `put ${changes}`],
    ];
    const { code, err } = await say('sftp', ['-b', '-', target], `${script.join('\n')}\n`);
    assert.equal(code, 0, err);
    assert.equal(err.trim().split('\n').length, refused.length, err);
    await accepted('by-batch');
    for (const file of [back, join(folder, 'escaped'), join(dirname(daemon.folder), 'escaped')])
      await assert.rejects(readFile(file), { code: 'ENOENT' });
    assert.deepEqual(await daemon.log.query({ type: 'UploadRejected', limit: 10 }), []);

    const marked = join(folder, 'marked');
    for (const line of [`touch ${marked}`, `chmod 0644 /incoming/x; touch ${marked}`, `/bin/sh -c "touch ${marked}"`])
      await say('ssh', ['--', target, line]);
    await assert.rejects(readFile(marked), { code: 'ENOENT' });
    const old = await say('scp', ['-O', dsc, `${target}:/incoming`]);
    assert.notEqual(old.code, 0);
    assert.match(old.err, /leave out -O, or use sftp/);
    const shell = await say('ssh', ['--', target]);
    assert.deepEqual([shell.code, shell.out], [2, '']);
    assert.match(shell.err, /uploads by sftp, or scp .* and does nothing else/);
  });
});
