import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CertificateFiles } from '../../src/adapters/tls/certificate-files.ts';
import { clientAuthority, makeCertificate } from '../support/certificates.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { dputNg } from './support/dput-ng.ts';
import { attempt, eventually, freePort, run } from './support/programs.ts';
import { type QuickDaemon, admin as quickAdmin, quickDaemon, sourceUpload } from './support/quick-daemon.ts';

/* The programs of maintainers before a daemon that takes uploads by HTTP of nobody that it does not know. */

describe('an instance that takes uploads of who is known', () => {
  let folder: string;
  let server: CertificateFiles;
  let authority: ReturnType<typeof clientAuthority>;
  let daemon: QuickDaemon;
  let host: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-known-'));
    server = makeCertificate(folder, 'instance');
    authority = clientAuthority(folder, 'authority');
    const [plain, tls] = [await freePort(), await freePort()];
    host = `127.0.0.1:${tls}`;
    daemon = await quickDaemon(Date.now, {
      MINI_BUILDD_HTTP: `https://${host},127.0.0.1:${plain}`,
      MINI_BUILDD_TLS_CERTIFICATE: server.certificate,
      MINI_BUILDD_TLS_KEY: server.key,
      MINI_BUILDD_TLS_CLIENT_CA: authority.certificate,
      MINI_BUILDD_HTTP_UPLOADS: 'known',
    });
  });
  after(async () => {
    await daemon?.remove();
    await removeFolder(folder);
  });

  const sample = (source: string): Promise<readonly string[]> =>
    sourceUpload(join(folder, source), { source, version: '1.0~test13+1', distribution: daemon.distribution });

  const published = (source: string): Promise<unknown> =>
    eventually(
      `${source} to be published`,
      60,
      async () => JSON.stringify(await daemon.command('uploads', { source })).includes('"published"') || undefined,
    );

  const put = (file: string, ...shown: readonly string[]) =>
    attempt('curl', [
      ...['--silent', '--show-error', '--cacert', server.certificate, '--write-out', '%{http_code}'],
      ...[...shown, '-T', file, `https://${host}/mini_buildd/upload/`],
    ]);

  const shown = ({ certificate, key }: CertificateFiles) => ['--cert', certificate, '--key', key];

  /** As the manual has it. */
  const handIn = async (mine: CertificateFiles): Promise<void> => {
    const given = [
      '--data',
      'action=issue',
      '--data',
      'days=30',
      '--data-urlencode',
      `certificate@${mine.certificate}`,
    ];
    const login = ['--user', `${quickAdmin.login}:${quickAdmin.password}`];
    const at = `https://${host}/mini_buildd/api/token`;
    const ours = ['--header', 'X-Mini-Buildd: 1'];
    const asked = ['--cacert', server.certificate, ...shown(mine), ...login, ...ours, ...given, at];
    assert.match((await attempt('curl', asked)).out, /"secret": ?null/);
  };

  it('takes what curl brings with a certificate that was handed in, and says why it takes no other', async () => {
    const mine = authority.issue('adam');
    await handIn(mine);
    const files = await sample('by-certificate');
    const [first = ''] = files;
    for (const [args, status, why] of [
      [[], '401', /Rule: needs-login/],
      [shown(authority.issue('adam', { of: mine, days: -1 })), '403', /it ended at .*\n.*\nRule: wrong-certificate/],
      [shown(authority.issue('adam', { of: mine, usage: 'serverAuth' })), '403', /it is not for clients/],
      [shown(clientAuthority(folder, 'foreign').issue('adam')), '403', /no authority of this instance issued it/],
      [shown(makeCertificate(folder, 'adam')), '403', /it vouches for itself/],
      [shown(authority.issue('oscar')), '403', /Rule: unknown-certificate/],
    ] as const) {
      const { out } = await put(first, ...args);
      assert.ok(out.endsWith(status), out);
      assert.match(out, why);
    }
    for (const file of files) assert.match((await put(file, ...shown(mine))).out, /is received.*\n201$/);
    await published('by-certificate');
  });

  it('takes what Python brings with it', async () => {
    const mine = authority.issue('adam-of-python');
    await handIn(mine);
    const script = `
import os, ssl, sys, urllib.request
host, ca, cert, key, *files = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
for file in files:
    url = f"https://{host}/mini_buildd/upload/{os.path.basename(file)}"
    put = urllib.request.Request(url, data=open(file, "rb").read(), method="PUT")
    print(urllib.request.urlopen(put, context=context).status)
`;
    const files = await sample('by-python');
    const out = await run('python3', ['-c', script, host, server.certificate, mine.certificate, mine.key, ...files]);
    assert.deepEqual(out.trim().split('\n'), Array(files.length).fill('201'));
    await published('by-python');
  });

  it('takes what dput and dput-ng bring with a token in the place of a password', async () => {
    const { secret } = (await daemon.command('token', { action: 'issue' })) as { readonly secret: string };
    const ours = (name: string, login: string) =>
      `[${name}]\nmethod = https\nfqdn = ${host}\nlogin = ${login}\nincoming = /mini_buildd/upload\nallow_unsigned_uploads = 1\n`;
    const env = { SSL_CERT_FILE: server.certificate };
    const dput = async (password: string, changes: string) => {
      const file = join(folder, 'dput.cf');
      await writeFile(file, ours('ours', 'adam'));
      // Without a terminal it reads the password from where it would read everything else.
      const shell = `printf '%s\\n' "$PASSWORD" | setsid --wait dput --unchecked --config ${file} ours ${changes}`;
      return attempt('sh', ['-c', shell], { env: { ...env, PASSWORD: password } });
    };
    const changes = (await sample('by-dput')).at(-1) ?? '';
    const refused = await dput('a guess', changes);
    assert.equal(refused.code, 1);
    assert.match(`${refused.out}${refused.err}`, /Upload failed as unauthorized/);
    const { code, out, err } = await dput(secret, changes);
    assert.equal(code, 0, `${out}${err}`);
    assert.match(out, /need authentication/);
    await published('by-dput');

    const profile = JSON.stringify({
      ...{ method: 'https', fqdn: `https://adam:${secret}@${host}`, incoming: '/mini_buildd/upload' },
      ...{ allow_unsigned_uploads: true, meta: [] },
    });
    const ng = await dputNg(join(folder, 'ng'), profile, (await sample('by-ng')).at(-1) ?? '', [], env);
    assert.equal(ng.code, 0, `${ng.out}${ng.err}`);
    await published('by-ng');
  });
});
