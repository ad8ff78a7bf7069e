import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { countsWhile, shownCertificate } from '../../../src/adapters/http/client-certificate.ts';
import { clientAuthority, makeCertificate } from '../../support/certificates.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const day = 86_400_000;

describe('The certificate that a connection shows', () => {
  it('counts from its first moment to its last, however long the connection lasts', async (test) => {
    const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-shown-'));
    test.after(() => removeFolder(folder));
    const authority = clientAuthority(folder, 'authority');
    const [own, by] = [makeCertificate(folder, 'server'), authority.issue('oscar', { days: 2 })];
    const read = (file: string): Buffer => readFileSync(file);
    const said: string[] = [];
    const server = createServer(
      {
        ...{ key: read(own.key), cert: read(own.certificate), ca: read(authority.certificate) },
        ...{ requestCert: true, rejectUnauthorized: false },
      },
      (req, res) => {
        for (const days of [-1, 0, 1, 3]) {
          const shown = shownCertificate(req, Date.now() + days * day);
          said.push(shown === undefined ? 'none' : 'because' in shown ? shown.because.fact : 'counts');
        }
        res.end();
      },
    );
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
    test.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const ask = (shown: object): Promise<void> =>
      new Promise((resolve, reject) => {
        const place = { host: '127.0.0.1', port, ca: read(own.certificate), agent: false as const };
        request({ ...place, ...shown }, (answer) => answer.resume().once('end', resolve))
          .on('error', reject)
          .end();
      });
    await ask({ cert: read(by.certificate), key: read(by.key) });
    assert.match(said[0] ?? '', /^the certificate of CN=oscar counts for nothing here: it does not count before /);
    assert.deepEqual(said.slice(1, 3), ['counts', 'counts']);
    assert.match(said[3] ?? '', /it ended at /);
    said.length = 0;
    server.once('secureConnection', (socket) => countsWhile(socket, () => false));
    await ask({ cert: read(by.certificate), key: read(by.key) });
    assert.match(said[1] ?? '', /the authorities were changed since/);
    said.length = 0;
    await ask({});
    assert.deepEqual(said, ['none', 'none', 'none', 'none']);
  });
});
