import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type GnupgHome, gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { dputNg } from './support/dput-ng.ts';
import { attempt, eventually, run } from './support/programs.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';
import { makeSource } from './support/source-package.ts';

type Row = { readonly source: string; readonly status: string; readonly refusal: { readonly rule: string } | null };

/* The programs of maintainers, with keys of real gpg, before a daemon whose builds take no time. */

describe('Programs that upload by HTTP', () => {
  let daemon: QuickDaemon;
  let home: GnupgHome;
  let jane: string;
  before(async () => {
    daemon = await quickDaemon();
    home = gnupgHome();
    jane = home.makeKey('jane', 'rsa3072', [], '1y');
    await confirmed('setuserkey', { key: home.gpg(['--armor', '--export', jane]) });
    const repository = '{ layout: Default, codenames: [trixie], allowUnauthenticated: false }';
    await confirmed('apply', { configuration: `repositories:\n  acme: ${repository}\n` });
    await confirmed('uploader', { action: 'approve', login: 'adam', fingerprint: jane, repository: 'acme' });
  });
  after(async () => {
    home?.close();
    await daemon?.remove();
  });

  const confirmed = (name: string, given: Readonly<Record<string, string>>): Promise<unknown> =>
    daemon.command(name, { ...given, confirm: name });

  /** A package for the repository that takes signed uploads alone, signed by debsign. */
  const source = async (name: string, signer = jane): Promise<string> => {
    const changes = await makeSource(daemon.folder, {
      name,
      version: '1.0~acme13+1',
      distribution: 'trixie-acme-unstable',
    });
    if (signer !== '') {
      const env = { GNUPGHOME: home.folder };
      await run('debsign', ['--no-conf', `-k${signer}`, changes], { cwd: dirname(changes), env });
    }
    return changes;
  };

  const becomes = (name: string, status: string): Promise<Row> =>
    eventually(`${name} to be ${status}`, 60, async () => {
      const answer = await fetch(`${daemon.url}/mini_buildd/api/uploads?source=${name}&output=json`);
      const rows = (await answer.json()) as readonly Row[];
      return rows.find((row) => row.source === name && row.status === status);
    });

  const stanza = async (form: string): Promise<string> => {
    const answer = await fetch(`${daemon.url}/mini_buildd/api/getdputconf?method=http&form=${form}&output=plain`);
    return answer.text();
  };

  const dput = async (text: string, changes: string, options: readonly string[] = [], env = {}) => {
    const file = join(daemon.folder, 'dput.cf');
    await writeFile(file, text);
    const [, target = ''] = /^\[(.+)\]/.exec(text) ?? [];
    return attempt('dput', [...options, '--config', file, target, changes], {
      env: { GNUPGHOME: home.folder, ...env },
    });
  };

  it('dput puts a signed package by the stanza that we print, and apt gets it', async () => {
    const { code, out, err } = await dput(await stanza('dput'), await source('by-dput'));
    assert.equal(code, 0, `${out}${err}`);
    assert.doesNotMatch(`${out}${err}`, /[Pp]assword|authentication/);
    assert.match(out, /Uploading by-dput_1\.0~acme13\+1_source\.changes: done/);
    await becomes('by-dput', 'published');
  });

  it('dput goes through TLS of a proxy before us, with a slash at the end of incoming', async (test) => {
    const { address, certificate } = await tlsBefore(test, daemon);
    const [, port] = address.split(':');
    const ours = (await stanza('dput'))
      .replace('= http\n', '= https\n')
      .replace(/fqdn .*/, `fqdn = 127.0.0.1:${port}`)
      .replace('/upload\n', '/upload/\n');
    const changes = await source('by-tls');
    const { code, out, err } = await dput(ours, changes, [], { SSL_CERT_FILE: certificate });
    assert.equal(code, 0, `${out}${err}`);
    await becomes('by-tls', 'published');
  });

  it('dput-ng puts a signed package by the profile that we print', async () => {
    const { code, out, err } = await dputNg(join(daemon.folder, 'ng'), await stanza('dput-ng'), await source('by-ng'));
    assert.equal(code, 0, `${out}${err}`);
    await becomes('by-ng', 'published');
  });

  it('curl puts the files of a signed package in any order', async () => {
    const changes = await source('by-curl');
    const files = (await run('dcmd', ['ls', changes])).trim().split('\n').sort();
    for (const file of files)
      await run('curl', [
        '--silent',
        '--show-error',
        '--fail',
        '--upload-file',
        file,
        `${daemon.url}/mini_buildd/upload/`,
      ]);
    await becomes('by-curl', 'published');
  });

  it('is rejected without a signature, as by every other way', async () => {
    const { code } = await dput(await stanza('dput'), await source('unsigned', ''), ['--unchecked']);
    assert.equal(code, 0);
    const { refusal } = await becomes('unsigned', 'rejected');
    assert.equal(refusal?.rule, 'unsigned');
  });

  it('says in the words of dput, dput-ng and curl why a file is not taken', async () => {
    await confirmed('stop', { reason: 'moving house' });
    const changes = await source('early');
    const said = await dput(await stanza('dput'), changes);
    assert.equal(said.code, 1);
    assert.match(`${said.out}${said.err}`, /Upload failed: 503 .*moving house/);
    const ng = await dputNg(join(daemon.folder, 'ng-late'), await stanza('dput-ng'), changes);
    assert.notEqual(ng.code, 0);
    assert.match(`${ng.out}${ng.err}`, /moving house/);
    const curl = ['--silent', '--fail-with-body', '--upload-file', changes, `${daemon.url}/mini_buildd/upload/`];
    const { code, out } = await attempt('curl', curl);
    assert.equal(code, 22);
    assert.match(out, /moving house/);
    await confirmed('start', {});
    assert.equal((await dput(await stanza('dput'), changes)).code, 0);
    await becomes('early', 'published');
  });
});

/** A front that speaks TLS and hands on what it hears, as nginx does; its certificate is its own authority. */
const tlsBefore = async (test: TestContext, daemon: QuickDaemon) => {
  const [key, certificate] = [join(daemon.folder, 'key.pem'), join(daemon.folder, 'certificate.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
  ]);
  const options = { key: await readFile(key), cert: await readFile(certificate) };
  const front = createServer(options, (req, res) => {
    const { method = 'GET', headers } = req;
    const behind = request(`${daemon.url}${req.url}`, { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', answer.headers);
      answer.pipe(res);
    });
    behind.on('error', () => res.destroy());
    req.pipe(behind);
  });
  await new Promise<void>((listens) => front.listen(0, '127.0.0.1', listens));
  test.after(() => {
    front.close();
    front.closeAllConnections();
  });
  return { address: `127.0.0.1:${(front.address() as AddressInfo).port}`, certificate };
};
