import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { issuedBy, selfSigned } from '../../support/certificates.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const authorities = join(import.meta.dirname, '../../../src/adapters/tls/host-authorities.ts');

/** What a program on a machine that believes nobody but `authority` says that it got from `url`, by `code` for a fetch. */
const got = async (authority: string, code: string): Promise<string> => {
  const env = { ...process.env, SSL_CERT_FILE: authority, SSL_CERT_DIR: '/nonexistent', NODE_EXTRA_CA_CERTS: '' };
  const program = `const host = await import('${authorities}'); ${code}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
  return stdout.trim();
};

describe('A program of ours', () => {
  it('believes an authority of its machine, which Node alone does not', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-host-authorities-'));
    test.after(() => removeFolder(folder));
    const authority = selfSigned('an authority');
    test.after(authority.remove);
    const { key, certificate: cert } = issuedBy(authority, folder);
    const server = createServer({ key, cert }, (_, answer) => answer.end('it is me'));
    test.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const asks = (by: string) =>
      `console.log(await ${by}('${url}').then((answer) => answer.text(), ({ cause }) => cause.code))`;
    const known = authority.certificateFile;
    assert.equal(await got(known, asks('fetch')), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    assert.equal(await got(known, `host.believeHost(); ${asks('fetch')}`), 'it is me');
    assert.equal(await got(known, asks('host.fetchAsHost')), 'it is me');
    assert.equal(await got('/dev/null', asks('host.fetchAsHost')), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });
});
