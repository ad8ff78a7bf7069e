import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { pino } from 'pino';
import type { Uploaders } from '../../src/adapters/http/bringers.ts';
import { type CertificateFiles, certificateFiles } from '../../src/adapters/tls/certificate-files.ts';
import { clientCertificateIn, keyOfCertificate } from '../../src/app/accounts/client-certificate.ts';
import type { LoginName } from '../../src/domain/account/person.ts';
import type { Sha256 } from '../../src/domain/debian/names.ts';
import type { IncomingDoor } from '../../src/ports/incoming.ts';
import { eventually } from '../adapters/ftp/open-door.ts';
import { serve } from '../adapters/http/served.ts';
import { atWork, basic, bearer, because, type Headers } from '../support/accounts-at-work.ts';
import { clientAuthority, makeCertificate } from '../support/certificates.ts';
import { removeFolder } from '../support/remove-folder.ts';

const quiet = { info: () => undefined, warn: () => undefined };

/** A door that takes every file, and forgets it. */
const openDoor = (begun: string[], taken: string[]): IncomingDoor => ({
  open: async () =>
    right({
      take: async ({ name, bytes }) => {
        begun.push(name);
        for await (const _ of bytes);
        taken.push(name);
        return right({ size: 1, sha256: 'ab'.repeat(32) as Sha256 });
      },
      close: async () => undefined,
    }),
});

/** A daemon that is reached by TLS and takes certificates of clients that `authority` issued. */
const reached = async (test: TestContext, uploaders: Uploaders = 'known') => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-clients-'));
  test.after(() => removeFolder(folder));
  const [authority, foreign] = [clientAuthority(folder, 'authority'), clientAuthority(folder, 'foreign')];
  const own = makeCertificate(folder, 'server');
  const clients = join(folder, 'clients.pem');
  copyFileSync(authority.certificate, clients);
  const { engine, on, run } = await atWork(test);
  const [begun, taken]: [string[], string[]] = [[], []];
  const said: { readonly msg: string; readonly name: string; readonly by: string }[] = [];
  const journal = () => said.flatMap(({ msg, name, by }) => (msg === 'put' ? [{ name, by }] : []));
  const certificate = certificateFiles({ ...own, clients }, { interval: 10, log: quiet });
  test.after(certificate.close);
  const { port } = await serve(test, {
    endpoints: [{ host: '127.0.0.1', port: 0, isTls: true }],
    certificate,
    api: engine.api,
    access: engine.access,
    incoming: openDoor(begun, taken),
    uploaders,
    journal: pino({ base: null, timestamp: false }, { write: (line: string) => void said.push(JSON.parse(line)) }),
  });
  const ask = (
    { by, headers = {}, method = 'PUT', path = '/mini_buildd/upload/hello.dsc', agent = false }: Sent,
    body = 'x',
  ): Promise<{ status: number; said: string; why: string; challenge: string }> =>
    new Promise((resolve, reject) => {
      const shown = by && { cert: readFileSync(by.certificate), key: readFileSync(by.key) };
      const ca = readFileSync(own.certificate);
      const sent = request({ host: '127.0.0.1', port, ca, path, method, headers, agent, ...shown }, async (answer) => {
        const { statusCode: status = 0, statusMessage: why = '' } = answer;
        resolve({ status, why, said: await text(answer), challenge: String(answer.headers['www-authenticate'] ?? '') });
      });
      // RFC 9112 §9.3.1: a connection of before may have been closed just then.
      const again = (error: NodeJS.ErrnoException): void =>
        sent.reusedSocket && error.code === 'ECONNRESET'
          ? resolve(ask({ by, headers, method, path, agent }, body))
          : reject(error);
      sent.on('error', again).end(body);
    });
  /** `by` is what the connection shows, mostly what is handed in. */
  const handIn = async (
    login: string,
    own: CertificateFiles,
    more: object = {},
    by: CertificateFiles | undefined = own,
  ) => {
    const given = { action: 'issue', certificate: readFileSync(own.certificate, 'utf8'), ...more };
    const headers = { ...basic(login), 'content-type': 'application/json' };
    const path = '/mini_buildd/api/token';
    const { status, said } = await ask({ by, method: 'POST', path, headers }, JSON.stringify(given));
    return { status, body: JSON.parse(said) };
  };
  return {
    folder,
    authority,
    foreign,
    clients,
    certificate,
    engine,
    on,
    run,
    begun,
    taken,
    journal,
    port,
    own,
    ask,
    handIn,
  };
};

type Sent = {
  readonly by?: CertificateFiles | undefined;
  readonly headers?: Headers;
  readonly method?: string;
  readonly path?: string;
  readonly agent?: Agent | false;
};

describe('A certificate of a client', () => {
  it('lets its owner upload once it was handed in, and as long as it counts', async (test) => {
    const { authority, engine, on, run, taken, ask, handIn } = await reached(test);
    const by = authority.issue('oscar');
    const strange = await ask({ by });
    assert.equal(strange.status, 403);
    assert.match(strange.said, /no account in use has handed in this certificate[\s\S]*Rule: unknown-certificate/);
    assert.deepEqual(taken, []);

    const issued = await handIn('oscar', by);
    assert.equal(issued.status, 200, JSON.stringify(issued.body));
    assert.equal(issued.body.secret, null);
    const answer = await ask({ by });
    assert.equal(answer.status, 201, answer.said);
    assert.deepEqual(taken, ['hello.dsc']);
    const list = await run('token', { action: 'list' }, basic('oscar'));
    assert.deepEqual(
      list.body.map(({ certificate }: { certificate: string }) => certificate),
      ['CN=oscar'],
    );

    // Renewed, its key is the same one.
    const renewed = authority.issue('oscar', { of: by, days: 3 });
    assert.equal((await ask({ by: renewed })).status, 201);

    const { account } = (await on.people.byLogin('oscar' as LoginName)) ?? assert.fail();
    await engine.tell({ command: 'DisableAccount', account }, because);
    assert.equal((await ask({ by })).status, 403);
    await engine.tell({ command: 'EnableAccount', account }, because);
    assert.equal((await ask({ by })).status, 201);
    await run('token', { action: 'revoke', token: issued.body.token }, basic('oscar'));
    assert.equal((await ask({ by })).status, 403);
    assert.equal((await handIn('oscar', by, { days: '1' })).status, 200);
    assert.equal((await ask({ by })).status, 201);
    on.clock.advance(86_400_000);
    assert.equal((await ask({ by })).status, 403, 'longer than its token');
  });

  for (const uploaders of ['known', 'anybody'] as const)
    it(`counts for nothing when it is not to be believed, where ${uploaders} may upload`, async (test) => {
      const { folder, authority, foreign, taken, ask, handIn } = await reached(test, uploaders);
      const good = authority.issue('oscar');
      assert.equal((await handIn('oscar', good)).status, 200);
      for (const [by, why] of [
        [authority.issue('oscar', { of: good, days: -1 }), /it ended at /],
        [authority.issue('oscar', { of: good, usage: 'serverAuth' }), /it is not for clients/],
        [foreign.issue('oscar', { of: good }), /no authority of this instance issued it/],
        [makeCertificate(folder, 'oscar'), /it vouches for itself/],
      ] as const) {
        const answer = await ask({ by });
        assert.equal(answer.status, 403, String(why));
        assert.match(answer.said, why);
        assert.match(answer.said, /show one that is valid, for clients[\s\S]*Rule: wrong-certificate/);
        assert.match(answer.why, why, 'what dput shows');
      }
      assert.deepEqual(taken, []);
      assert.equal((await ask({})).status, uploaders === 'known' ? 401 : 201);
      assert.equal((await ask({ by: good })).status, 201);
    });

  it('counts for nothing but uploads, whatever its account may do', async (test) => {
    const { authority, ask, handIn } = await reached(test);
    const by = authority.issue('adam');
    assert.equal((await handIn('adam', by)).status, 200);
    const json = { 'content-type': 'application/json' };
    const api = await ask(
      { by, method: 'POST', path: '/mini_buildd/api/token', headers: json },
      JSON.stringify({ action: 'list' }),
    );
    assert.equal(api.status, 401);
    assert.doesNotMatch((await ask({ by, method: 'GET', path: '/mini_buildd/' })).said, /adam/);
    assert.equal((await ask({ by })).status, 201);
  });

  it('is no secret: who knows it, or its key, opens nothing with that', async (test) => {
    const { authority, ask, handIn } = await reached(test);
    const by = authority.issue('oscar');
    await handIn('oscar', by);
    const pem = readFileSync(by.certificate);
    const key = keyOfCertificate(new X509Certificate(pem));
    for (const secret of [pem.toString('base64'), key, `mbd_${key}`])
      assert.equal((await ask({ headers: bearer(secret) })).status, 401);
  });

  it('is handed in as it is: whole, in time, of one account, and without its private key', async (test) => {
    const { authority, run, handIn } = await reached(test);
    const by = authority.issue('oscar');
    const refused = async (given: object, rule: string) => {
      const { body, status } = await run('token', { action: 'issue', ...given }, basic('stan'));
      assert.ok(status >= 400);
      assert.equal(body.refusals[0].rule, rule, JSON.stringify(body));
    };
    const pem = (file: string) => readFileSync(file, 'utf8');
    await refused({ certificate: `${pem(by.key)}${pem(by.certificate)}` }, 'private-key');
    await refused({ certificate: pem(by.certificate).slice(0, 200) }, 'unreadable-certificate');
    await refused({ certificate: pem(authority.certificate) }, 'certificate-of-authority');
    const ended = clientCertificateIn(pem(authority.issue('oscar', { days: -1 }).certificate), Date.now());
    assert.equal(isLeft(ended) && ended.left.rule, 'expired-certificate');
    await refused({ certificate: pem(by.certificate), scope: 'staff' }, 'bad-argument');
    await handIn('oscar', by);
    const again = await handIn('stan', by);
    assert.equal(again.body.refusals[0].rule, 'certificate-taken');
  });

  it('is handed in by nobody but who shows it, and so not in the name of somebody else', async (test) => {
    const { foreign, authority, run, ask, handIn } = await reached(test);
    const [by, other] = [authority.issue('oscar'), authority.issue('stan')];
    const ofNobody = foreign.issue('oscar', { of: by });
    const tries = [
      await run('token', { action: 'issue', certificate: readFileSync(by.certificate, 'utf8') }, basic('stan')),
      await handIn('stan', by, {}, other),
      await handIn('stan', by, {}, ofNobody),
    ];
    for (const { status, body } of tries) {
      assert.ok(status >= 400);
      assert.equal(body.refusals[0].rule, 'certificate-not-shown');
    }
    assert.equal((await ask({ by })).status, 403, 'it counts for nobody');
    const renewed = authority.issue('oscar', { of: by, days: 3 });
    assert.equal((await handIn('oscar', by, {}, renewed)).status, 200, 'the key is the same one');
    assert.equal((await ask({ by })).status, 201);
  });

  it('is prolonged by handing it in once more, also when its token has ended', async (test) => {
    const { authority, on, run, ask, handIn } = await reached(test);
    const by = authority.issue('oscar');
    const names: string[] = [];
    for (const _ of [1, 2, 3]) {
      const { status, body } = await handIn('oscar', by, { days: '1' });
      assert.equal(status, 200, JSON.stringify(body));
      names.push(body.token);
      const list = await run('token', { action: 'list' }, basic('oscar'));
      assert.deepEqual(
        list.body.map(({ token }: { token: string }) => token),
        names.slice(-1),
      );
      assert.equal((await ask({ by })).status, 201);
      if (names.length === 2) on.clock.advance(86_400_000);
    }
  });

  it('counts until its authority is taken away, also on a connection that is busy then', async (test) => {
    const { authority, foreign, clients, certificate, begun, port, own, handIn } = await reached(test);
    const by = authority.issue('oscar');
    await handIn('oscar', by);
    const socket = connect({
      ...{ host: '127.0.0.1', port, ca: readFileSync(own.certificate) },
      ...{ cert: readFileSync(by.certificate), key: readFileSync(by.key) },
    });
    test.after(() => socket.destroy());
    let said = '';
    socket.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    const put = 'PUT /mini_buildd/upload/hello.dsc HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n';
    socket.write(`${put}x`);
    await eventually('the first is taken', () => said.includes(' 201 '));
    said = '';
    socket.write(put);
    await eventually('it is under way', () => begun.length === 2);
    let renewed = false;
    certificate.onRenewal(() => {
      renewed = true;
    });
    copyFileSync(foreign.certificate, clients);
    await eventually('it is taken up', () => renewed);
    socket.write(`x${put}x`);
    await eventually('the connection ends', () => socket.destroyed || socket.readableEnded);
    assert.match(said, / 201 [\s\S]*connection: close/i);
    assert.doesNotMatch(said, / 201 [\s\S]* 201 /);
  });

  it('counts until its authority is taken away, also on a connection of before', async (test) => {
    const { authority, foreign, clients, certificate, ask, handIn } = await reached(test);
    const by = authority.issue('oscar');
    await handIn('oscar', by);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    test.after(() => agent.destroy());
    assert.equal((await ask({ by, agent })).status, 201);
    copyFileSync(foreign.key, clients);
    await eventually('trouble is said', () => certificate.state().trouble !== undefined);
    assert.match(certificate.state().trouble ?? '', /authorities of clients are no certificate/);
    assert.equal((await ask({ by, agent })).status, 201, 'what was there before goes on');
    copyFileSync(foreign.certificate, clients);
    await eventually('it is taken', () => certificate.state().trouble === undefined);
    assert.equal((await ask({ by, agent })).status, 403);
  });
});

describe('Uploads by HTTP of who is known', () => {
  it('are taken by token, by token in the place of a password, and by password; of strangers they are not', async (test) => {
    const { run, ask, taken } = await reached(test);
    const { body } = await run('token', { action: 'issue' }, basic('oscar'));
    const before = await ask({});
    assert.equal(before.status, 401);
    assert.match(before.challenge, /Basic realm=/);
    assert.match(before.said, /takes uploads by HTTP only of who shows who they are[\s\S]*Rule: needs-login/);
    for (const headers of [bearer(body.secret), basic('oscar', body.secret), basic('oscar')])
      assert.equal((await ask({ headers })).status, 201);
    assert.equal(taken.length, 3);
    for (const headers of [bearer('mbd_x'), basic('oscar', `${body.secret.slice(0, -1)}_`), basic('oscar', 'a guess')])
      assert.equal((await ask({ headers })).status, 401);
    assert.equal(taken.length, 3);
  });

  it('are asked for at a form only of who logged in', async (test) => {
    const { ask, taken, on, journal } = await reached(test);
    const html = { accept: 'text/html' };
    const page = await ask({ method: 'GET', path: '/mini_buildd/upload', headers: html }, '');
    assert.equal(page.status, 401);
    assert.match(page.said, /only of who shows who they are/);
    const multipart = { 'content-type': 'multipart/form-data; boundary=b', 'x-mini-buildd': '1' };
    const body = '--b\r\ncontent-disposition: form-data; name="f"; filename="a.dsc"\r\n\r\nx\r\n--b--\r\n';
    const form = { method: 'POST', path: '/mini_buildd/upload', headers: multipart };
    assert.equal((await ask(form, body)).status, 401);
    assert.deepEqual(taken, []);
    assert.equal((await ask({ ...form, headers: { ...multipart, ...basic('oscar') } }, body)).status, 200);
    assert.deepEqual(taken, ['a.dsc']);
    const { account } = (await on.people.byLogin('oscar' as LoginName)) ?? assert.fail();
    assert.deepEqual(journal(), [{ name: 'a.dsc', by: account }]);
  });
});
