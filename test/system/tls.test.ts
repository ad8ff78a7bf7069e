import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CertificateFiles } from '../../src/adapters/tls/certificate-files.ts';
import { makeCertificate } from '../support/certificates.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { privateApt } from './support/client-apt.ts';
import { attempt, eventually, freePort, run } from './support/programs.ts';
import { type QuickDaemon, quickDaemon } from './support/quick-daemon.ts';
import { unpack } from './support/unpack.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'mini-buildd-tool.ts');

describe('an instance that is reached by https', () => {
  let folder: string;
  let certificate: CertificateFiles;
  let daemon: QuickDaemon;
  let secure: string;
  let proxied: string;
  let proxy: ChildProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-tls-'));
    certificate = makeCertificate(folder, 'instance');
    const [plain, tls] = [await freePort(), await freePort()];
    secure = `https://127.0.0.1:${tls}`;
    daemon = await quickDaemon(Date.now, {
      MINI_BUILDD_HTTP: `${secure},127.0.0.1:${plain}`,
      MINI_BUILDD_TLS_CERTIFICATE: certificate.certificate,
      MINI_BUILDD_TLS_KEY: certificate.key,
    });
    await daemon.upload([{ source: 'tls-sample', version: '1.0~test13+1' }]);
    await eventually(
      'tls-sample to be published',
      60,
      async () =>
        JSON.stringify(await daemon.command('uploads', { source: 'tls-sample' })).includes('"published"') || undefined,
    );
    const front = await freePort();
    proxied = `https://127.0.0.1:${front}`;
    proxy = await nginx(join(folder, 'nginx'), front, plain, certificate);
    await eventually('nginx', 60, async () => (await curl(`${proxied}/healthz`)).code === 0 || undefined);
  });
  after(async () => {
    proxy?.kill('SIGTERM');
    await daemon?.remove();
    await removeFolder(folder);
  });

  const curl = (...args: readonly string[]) =>
    attempt('curl', ['--silent', '--show-error', '--fail', '--cacert', certificate.certificate, ...args]);

  const tool = (host: string, ...args: readonly string[]): Promise<string> =>
    run(process.execPath, [program, host, ...args], {
      env: { SSL_CERT_FILE: certificate.certificate, NODE_EXTRA_CA_CERTS: '' },
    });

  /** An apt that fetches the sample from where `stanza` says. */
  const fetched = async (name: string, stanza: string): Promise<readonly string[]> => {
    const client = await privateApt(join(folder, name), stanza, await tool(secure, 'getkey'));
    const trust = `Acquire::https::CAInfo=${certificate.certificate}`;
    await client.apt('-q', '-o', trust, 'update');
    await client.apt('-q', '-o', trust, 'download', 'tls-sample');
    return (await readdir(client.folder)).filter((file) => file.endsWith('.deb'));
  };

  it('hands out apt sources with that address, which apt reads', async () => {
    const stanza = await tool(secure, 'getsourceslist', 'trixie', '--suite', 'unstable', '--form', 'deb822');
    assert.match(stanza, new RegExp(`^URIs: ${secure}/repositories/test/$`, 'm'));
    assert.equal((await fetched('direct', stanza)).length, 1);
  });

  it('still serves those who come without TLS, and tells its dput target', async () => {
    assert.equal(await (await fetch(`${daemon.url}/healthz`)).text(), 'ok\n');
    assert.match(await tool(secure, 'getdputconf'), new RegExp(`^x_mini_buildd_host = ${secure}$`, 'm'));
  });

  for (const [way, url] of [
    ['by itself', () => secure],
    ['behind nginx', () => proxied],
  ] as const) {
    it(`logs people in ${way}, and keeps their session to TLS`, async () => {
      const jar = join(folder, 'cookies');
      const login = `${url()}/mini_buildd/login`;
      const form = await curl('--cookie-jar', jar, '--dump-header', join(folder, 'form'), login);
      assert.equal(form.code, 0, form.err);
      const fields = ['login=adam', 'password=the password of adam'].flatMap((field) => ['--data-urlencode', field]);
      const headers = join(folder, 'headers');
      const origin = ['--header', `Origin: ${url()}`];
      const sent = await curl('--cookie-jar', jar, '--dump-header', headers, ...origin, ...fields, login);
      assert.equal(sent.code, 0, sent.err);
      assert.match(
        await readFile(headers, 'utf8'),
        /^set-cookie: mini-buildd-.*; HttpOnly; SameSite=Strict; Secure\r?$/im,
      );
      const page = await curl('--cookie', jar, `${url()}/mini_buildd/account`);
      assert.match(page.out, /adam/);
    });
  }

  it('delivers its repositories through nginx', async () => {
    const stanza = `Types: deb\nURIs: ${proxied}/repositories/test/\nSuites: ${daemon.distribution}\nComponents: main\nSigned-By: key\n`;
    assert.equal((await fetched('proxied', stanza)).length, 1);
  });

  it('takes FTP by TLS with the same certificate, and in plain', async () => {
    for (const secured of [['--ssl-reqd'], []]) {
      const name = secured.length === 0 ? 'plain.txt' : 'secured.txt';
      const place = `ftp://127.0.0.1:${daemon.ftpPort}/incoming/${name}`;
      const sent = await curl(...secured, '-T', certificate.certificate, place);
      assert.equal(sent.code, 0, sent.err);
    }
  });

  it('answers the API through nginx', async () => {
    assert.match(await tool(proxied, 'show', 'tls-sample'), /1\.0~test13\+1/);
  });
});

/** Debian's nginx, unpacked and not installed: it starts no service of its own. Speaks TLS at `port` for what listens at `behind`. */
const nginx = async (
  folder: string,
  port: number,
  behind: number,
  { certificate, key }: CertificateFiles,
): Promise<ChildProcess> => {
  await mkdir(folder);
  await unpack(folder, ['nginx']);
  const configuration = join(folder, 'nginx.conf');
  await writeFile(
    configuration,
    `daemon off;
master_process off;
pid ${folder}/pid;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    location / {
      proxy_pass http://127.0.0.1:${behind};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
      proxy_buffering off;
    }
  }
}
`,
  );
  return spawn(join(folder, 'usr/sbin/nginx'), ['-c', configuration, '-e', join(folder, 'error')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};
