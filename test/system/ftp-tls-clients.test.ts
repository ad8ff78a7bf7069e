import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { ftpIncoming } from '../../src/adapters/ftp/ftp-incoming.ts';
import { usualLimits } from '../../src/adapters/ftp/limits.ts';
import { incomingDoor } from '../../src/adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from '../../src/adapters/incoming/limits.ts';
import { type CertificateFiles, certificateFiles } from '../../src/adapters/tls/certificate-files.ts';
import { makeCertificate } from '../support/certificates.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { attempt, eventually, run } from './support/programs.ts';
import { unpack } from './support/unpack.ts';

const quiet = (): void => undefined;
const log = { info: quiet, warn: quiet, error: quiet };
const sizes = { 'hello.dsc': 0, 'hello.tar': 3_000_000, 'hello.changes': 1_200 };
const files = Object.keys(sizes);

describe('the FTP door and programs that speak TLS', () => {
  let home = '';
  let place: CertificateFiles;
  let other: CertificateFiles;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'ftp-tls-clients-'));
    place = makeCertificate(home, 'place');
    other = makeCertificate(home, 'other');
    for (const [name, size] of Object.entries(sizes)) await writeFile(join(home, name), Buffer.alloc(size, name));
    await unpack(home, ['lftp']);
  });
  after(() => removeFolder(home));

  /** A door that takes nothing without TLS; what it received, with sizes. */
  const open = async (t: TestContext) => {
    const received: Record<string, number> = {};
    const folder = await mkdtemp(join(home, 'incoming-'));
    const certificate = certificateFiles(place, { interval: 20, log });
    const receive = async ({ name, size }: { readonly name: string; readonly size: number }) => {
      received[name] = size;
      return undefined;
    };
    const incoming = await ftpIncoming({
      host: '::',
      port: 0,
      passivePorts: { from: 0, to: 0 },
      limits: { ...usualLimits, closing: 500 },
      log,
      incoming: await incomingDoor({ folder, limits: usualIncomingLimits, log, receive }),
      tls: { certificate, isRequiredOf: () => true },
    });
    t.after(incoming.close);
    t.after(certificate.close);
    return { received, certificate, port: incoming.port };
  };

  const curl = (port: number, ...options: readonly string[]) =>
    attempt('curl', [
      '-sS',
      ...options,
      '-T',
      `{${files.map((file) => join(home, file)).join()}}`,
      `ftp://127.0.0.1:${port}/incoming/`,
    ]);

  for (const [how, options] of [
    ['of its newest version', []],
    ['of version 1.2', ['--tls-max', '1.2']],
  ] as const)
    it(`takes files by curl --ssl-reqd ${how}`, async (t) => {
      const { received, port } = await open(t);
      const sent = await curl(port, '--ssl-reqd', '--cacert', place.certificate, ...options);
      assert.equal(sent.code, 0, sent.err);
      assert.deepEqual(received, sizes);
    });

  it('makes curl say why nothing is taken without TLS, and trust no other certificate', async (t) => {
    const { received, port } = await open(t);
    const plain = await curl(port, '-v');
    assert.notEqual(plain.code, 0);
    assert.match(plain.err, /< 530 .*AUTH TLS/);
    assert.equal((await curl(port, '--ssl-reqd', '--cacert', other.certificate)).code, 60);
    assert.deepEqual(received, {});
  });

  for (const mode of ['passive', 'active'])
    it(`takes files by lftp, ${mode}`, async (t) => {
      const { received, port } = await open(t);
      const script = [
        `set ssl:ca-file ${place.certificate}`,
        'set ftp:ssl-allow-anonymous yes',
        'set ftp:ssl-force yes',
        'set ftp:ssl-protect-data yes',
        `set ftp:passive-mode ${mode === 'passive' ? 'yes' : 'no'}`,
        'set net:max-retries 1',
        `open 127.0.0.1:${port}`,
        'cd incoming',
        ...files.map((file) => `put ${join(home, file)}`),
        'ls',
      ].join('\n');
      await writeFile(join(home, 'script'), `${script}\n`);
      const sent = await attempt(join(home, 'usr/bin/lftp'), ['-f', join(home, 'script')]);
      assert.equal(sent.code, 0, sent.err);
      assert.deepEqual(received, sizes);
    });

  it("takes files by Python's ftplib, which waits for the end of TLS on each connection", async (t) => {
    const { received, port } = await open(t);
    const program = `
import ftplib, ssl, sys
c = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=sys.argv[1]), timeout=20)
c.connect("127.0.0.1", int(sys.argv[2]))
c.login()
c.prot_p()
c.cwd("/incoming")
for name in sys.argv[4:]:
    with open(sys.argv[3] + "/" + name, "rb") as f:
        print(c.storbinary("STOR " + name, f))
print(c.nlst())
print(c.quit())
`;
    const said = await run('/usr/bin/python3', ['-c', program, place.certificate, `${port}`, home, ...files]);
    assert.deepEqual(said.match(/^\d+/gm), ['226', '226', '226', '221']);
    assert.deepEqual(received, sizes);
  });

  it('shows openssl s_client the renewed certificate, and keeps the old one while key and certificate do not fit', async (t) => {
    const { certificate, port } = await open(t);
    const shown = async (): Promise<string> =>
      (await attempt('sh', ['-c', `openssl s_client -starttls ftp -connect 127.0.0.1:${port} </dev/null`])).out;
    assert.match(await shown(), /subject=CN\s*=\s*place/);
    copyFileSync(other.key, place.key);
    await eventually('trouble', 60, async () => certificate.state().trouble);
    assert.match(await shown(), /subject=CN\s*=\s*place/);
    copyFileSync(other.certificate, place.certificate);
    await eventually('renewal', 60, async () => certificate.state().trouble === undefined || undefined);
    assert.match(await shown(), /subject=CN\s*=\s*other/);
  });
});
