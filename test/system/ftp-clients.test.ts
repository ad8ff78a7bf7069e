import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { ftpIncoming } from '../../src/adapters/ftp/ftp-incoming.ts';
import { usualLimits } from '../../src/adapters/ftp/limits.ts';
import { incomingDoor } from '../../src/adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from '../../src/adapters/incoming/limits.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { Receive } from '../../src/ports/incoming.ts';
import { removeFolder } from '../support/remove-folder.ts';

const run = promisify(execFile);

/** What a client was told, and whether it was content. */
type Outcome = { readonly said: string; readonly ok: boolean };

/** The files that `hello_2.10-3_source.changes` lists, then itself: the order in which every client sends them. */
const uploaded = ['hello_2.10-3.dsc', 'hello_2.10.orig.tar.gz', 'hello_2.10-3_source.changes'];

describe('the FTP door and the programs that maintainers use', () => {
  let home = '';

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'ftp-clients-'));
    await writeUpload(join(home, 'upload'));
    // dput-ng conflicts with dput: it and its library are unpacked here, not installed, and find their data where they
    // look besides /etc and /usr: `.dput.d` at home, `skel` in the working directory.
    await mkdir(join(home, 'packages'));
    const wanted = ['dput-ng', 'python3-dput', 'python3-debian', 'python3-chardet', 'dupload'];
    await run('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...wanted], {
      cwd: join(home, 'packages'),
    });
    for (const name of await readdir(join(home, 'packages')))
      await run('dpkg-deb', ['--extract', join(home, 'packages', name), join(home, 'unpacked')]);
    for (const data of ['etc/dput.d', 'usr/share/dput-ng'])
      await cp(join(home, 'unpacked', data), join(home, '.dput.d'), { recursive: true });
    await cp(join(home, 'unpacked/usr/share/dput-ng/schemas'), join(home, 'upload/skel/schemas'), { recursive: true });
  });
  after(() => removeFolder(home));

  /** A door for one test, and the names that came in, in their order. */
  const open = async (t: TestContext, receive: Receive = async () => undefined) => {
    const names: string[] = [];
    const folder = await mkdtemp(join(home, 'incoming-'));
    const quiet = (): void => undefined;
    const log = { info: quiet, warn: quiet, error: quiet };
    const incoming = await ftpIncoming({
      host: '::',
      port: 0,
      passivePorts: { from: 0, to: 0 },
      limits: { ...usualLimits, closing: 500 },
      log,
      incoming: await incomingDoor({
        folder,
        limits: usualIncomingLimits,
        log,
        receive: (file) => {
          names.push(file.name);
          return receive(file);
        },
      }),
    });
    t.after(() => incoming.close());
    return { names, port: incoming.port };
  };

  /** Runs a client; its own configuration lives in `home`. */
  const say = async (program: string, args: readonly string[]): Promise<Outcome> => {
    const env = { ...process.env, HOME: home, PYTHONPATH: join(home, 'unpacked/usr/lib/python3/dist-packages') };
    const child = run(program, args, { cwd: join(home, 'upload'), env, timeout: 60_000 });
    child.child.stdin?.end();
    return child.then(
      ({ stdout, stderr }) => ({ said: stdout + stderr, ok: true }),
      ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ said: stdout + stderr, ok: false }),
    );
  };

  const dputConfiguration = async (port: number, passive: boolean): Promise<void> =>
    writeFile(
      join(home, '.dput.cf'),
      [
        '[DEFAULT]',
        '[test]',
        `fqdn = 127.0.0.1:${port}`,
        'method = ftp',
        'incoming = /incoming',
        'login = anonymous',
        'allow_unsigned_uploads = 1',
        `passive_ftp = ${passive ? 1 : 0}`,
        '',
      ].join('\n'),
    );

  const dput = async (port: number, passive: boolean): Promise<Outcome> => {
    await dputConfiguration(port, passive);
    return say('dput', ['-f', '-u', '-c', join(home, '.dput.cf'), 'test', 'hello_2.10-3_source.changes']);
  };

  const dputNg = async (port: number, passive: boolean): Promise<Outcome> => {
    await dputConfiguration(port, passive);
    const program = join(home, 'unpacked/usr/bin/dput');
    return say('python3', [
      program,
      '-f',
      '-u',
      '-U',
      '-c',
      join(home, '.dput.cf'),
      'test',
      'hello_2.10-3_source.changes',
    ]);
  };

  const dupload = async (port: number, passive: boolean): Promise<Outcome> => {
    const configuration = join(home, 'dupload.conf');
    const how = `method => "ftp", incoming => "/incoming", login => "anonymous", password => 'a@example.org'`;
    const hooks = 'changes => [], sourcepackage => [], file => [], package => [], deb => []';
    await writeFile(
      configuration,
      [
        'package config;',
        `$cfg{'test'} = { fqdn => "127.0.0.1:${port}", ${how}, dinstall_runs => 0, passive => ${passive ? 1 : 0} };`,
        `%preupload = (${hooks});`,
        `%postupload = (${hooks});`,
        '1;',
        '',
      ].join('\n'),
    );
    const unpacked = join(home, 'unpacked/usr');
    const options = ['--nomail', '--force', '-c', configuration, '-t', 'test', 'hello_2.10-3_source.changes'];
    return say('perl', ['-I', join(unpacked, 'share/perl5'), join(unpacked, 'bin/dupload'), ...options]);
  };

  const unsigned: Receive = async ({ name }) =>
    name.endsWith('.changes') ? refusal('unsigned', 'it bears no signature', 'sign it with debsign') : undefined;

  /** dput-ng cannot be told to go active (it fails before it connects), and keeps the text of a 5xx to itself. */
  const programs = [
    {
      name: 'dput',
      upload: dput,
      modes: [true, false],
      why: /unsigned: it bears no signature \(sign it with debsign\)/,
    },
    { name: 'dput-ng', upload: dputNg, modes: [true], why: /Upload permissions error/ },
    { name: 'dupload', upload: dupload, modes: [true, false], why: /unsigned: it bears no signature/ },
  ];

  for (const { name, upload, modes, why } of programs) {
    for (const passive of modes)
      it(`takes an upload by ${name}, ${passive ? 'passive' : 'active'}`, async (t) => {
        const door = await open(t);
        const { said, ok } = await upload(door.port, passive);
        assert.ok(ok, said);
        assert.deepEqual(door.names, uploaded);
      });

    it(`lets ${name} send the same upload again`, async (t) => {
      const door = await open(t);
      for (let sent = 0; sent < 2; sent += 1) {
        const { said, ok } = await upload(door.port, true);
        assert.ok(ok, said);
      }
      assert.equal(door.names.length, 2 * uploaded.length);
    });

    it(`makes ${name} say that an upload was refused`, async (t) => {
      const door = await open(t, unsigned);
      assert.match((await upload(door.port, true)).said, why);
    });

    it(`makes ${name} fail, saying so, when an upload cannot be taken now`, async (t) => {
      const door = await open(t, () => Promise.reject(new Error('the log is fenced')));
      const { said, ok } = await upload(door.port, true);
      assert.equal(ok, false);
      assert.match(said, /could not be remembered: upload it again later/);
    });
  }

  for (const [how, options] of [
    ['over IPv4', ['ftp://127.0.0.1']],
    ['over IPv6', ['-g', 'ftp://[::1]']],
    ['without EPSV', ['--disable-epsv', 'ftp://127.0.0.1']],
    ['active', ['--ftp-port', '-', 'ftp://127.0.0.1']],
    ['active over IPv6', ['--ftp-port', '-', '-g', 'ftp://[::1]']],
    ['with the shortest path', ['--ftp-method', 'nocwd', 'ftp://127.0.0.1']],
  ] as const)
    it(`takes files by curl ${how}`, async (t) => {
      const door = await open(t);
      const url = `${options.at(-1)}:${door.port}/incoming/`;
      for (const file of uploaded) {
        const { said, ok } = await say('curl', ['-sS', ...options.slice(0, -1), '-T', file, url]);
        assert.ok(ok, said);
      }
      assert.deepEqual(door.names, uploaded);
    });
});

/** An unsigned upload of hello: small, and right in every sum that clients check. */
const writeUpload = async (folder: string): Promise<void> => {
  await mkdir(folder);
  const sum = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');
  const orig = 'x'.repeat(200_000);
  const listed = (algorithm: string, name: string, text: string): string =>
    ` ${sum(algorithm, text)} ${text.length} ${name}`;
  const dsc = [
    'Format: 3.0 (quilt)',
    'Source: hello',
    'Binary: hello',
    'Architecture: any',
    'Version: 2.10-3',
    'Maintainer: Ernie <ernie@example.org>',
    'Checksums-Sha1:',
    listed('sha1', 'hello_2.10.orig.tar.gz', orig),
    'Checksums-Sha256:',
    listed('sha256', 'hello_2.10.orig.tar.gz', orig),
    'Files:',
    listed('md5', 'hello_2.10.orig.tar.gz', orig),
    '',
  ].join('\n');
  const files = [
    ['hello_2.10-3.dsc', dsc],
    ['hello_2.10.orig.tar.gz', orig],
  ] as const;
  const changes = [
    'Format: 1.8',
    'Date: Sun, 22 Nov 2026 10:15:00 +0000',
    'Source: hello',
    'Binary: hello',
    'Architecture: source',
    'Version: 2.10-3',
    'Distribution: unstable',
    'Urgency: medium',
    'Maintainer: Ernie <ernie@example.org>',
    'Changed-By: Ernie <ernie@example.org>',
    'Description:',
    ' hello - says hello',
    'Changes:',
    ' hello (2.10-3) unstable; urgency=medium',
    ' .',
    '   * Say hello.',
    'Checksums-Sha1:',
    ...files.map(([name, text]) => listed('sha1', name, text)),
    'Checksums-Sha256:',
    ...files.map(([name, text]) => listed('sha256', name, text)),
    'Files:',
    ...files.map(([name, text]) => ` ${sum('md5', text)} ${text.length} devel optional ${name}`),
    '',
  ].join('\n');
  for (const [name, text] of [...files, ['hello_2.10-3_source.changes', changes] as const])
    await writeFile(join(folder, name), text);
};
