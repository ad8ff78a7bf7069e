import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createSecureContext } from 'node:tls';
import { privately } from '../../../src/adapters/ftp/secure-socket.ts';
import { certificateFiles } from '../../../src/adapters/tls/certificate-files.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { code, type Dialogue, dial, nameOf, overTls } from './dialogue.ts';
import { eventually, openDoor } from './open-door.ts';

const quiet = { info: () => undefined, warn: () => undefined };

/** A door with a certificate named `place`, and another one to put in its place. */
const secureDoor = async (
  t: TestContext,
  limits: NonNullable<Parameters<typeof openDoor>[1]>['limits'] = {},
  isRequired = false,
) => {
  const folder = mkdtempSync(join(tmpdir(), 'ftp-tls-'));
  t.after(() => removeFolder(folder));
  const place = makeCertificate(folder, 'place');
  const other = makeCertificate(folder, 'other');
  const certificate = certificateFiles(place, { interval: 10, log: quiet });
  t.after(certificate.close);
  const door = await openDoor(t, { tls: { certificate, isRequiredOf: () => isRequired }, limits });
  const arrive = async (): Promise<Dialogue> => {
    const client = await dial(door.incoming.port);
    t.after(client.drop);
    return client;
  };
  return { door, arrive, place, other, certificate };
};

const logIn = async (client: Dialogue): Promise<Dialogue> => {
  for (const line of ['USER anonymous', 'PASS dput@example.org', 'CWD /incoming', 'TYPE I']) await client.say(line);
  return client;
};

const codes = async (client: Dialogue, lines: readonly string[]): Promise<readonly string[]> => {
  const heard: string[] = [];
  for (const line of lines) heard.push(code(await client.say(line)));
  return heard;
};

describe('the FTP door with a certificate', () => {
  it('takes files by TLS, whole and in turn', async (t) => {
    const { door, arrive } = await secureDoor(t);
    const client = await arrive();
    assert.equal(await client.secure(), 'place');
    await logIn(client);
    const bytes = randomBytes(3_000_000);
    assert.match(await client.store('hello.tar', bytes), /^226 hello\.tar is received, 3000000 bytes/);
    assert.equal(code(await client.store('hello.dsc', '')), '226');
    assert.deepEqual(
      door.received.map(({ name, size }) => [name, size]),
      [
        ['hello.tar', 3_000_000],
        ['hello.dsc', 0],
      ],
    );
    assert.equal(code(await client.say('QUIT')), '221');
    assert.equal(await client.hear(), 'closed');
  });

  it('takes them in plain as before, says that there is TLS, and what of it', async (t) => {
    const { arrive } = await secureDoor(t);
    const client = await logIn(await arrive());
    assert.match(await client.say('FEAT'), /\n AUTH TLS\n PBSZ\n PROT\n/);
    assert.equal(code(await client.store('hello.dsc', 'hello')), '226');
    assert.deepEqual(await codes(client, ['AUTH TLS', 'PBSZ 0', 'PROT P']), ['503', '503', '503']);
  });

  it('agrees on TLS once, and in its order', async (t) => {
    const { arrive } = await secureDoor(t);
    const client = await arrive();
    assert.deepEqual(await codes(client, ['AUTH', 'AUTH SSL', 'AUTH KERBEROS_V4', 'PBSZ 0']), [
      '504',
      '504',
      '504',
      '503',
    ]);
    await client.secure();
    assert.deepEqual(await codes(client, ['AUTH TLS', 'PBSZ 10', 'PBSZ x', 'PROT S', 'PROT X', 'PROT C', 'CCC']), [
      ...['503', '200', '501', '536', '504', '200', '530'],
    ]);
    for (let times = 0; times < 20; times += 1) assert.equal(code(await client.say('AUTH TLS')), '503');
  });

  it('obeys nothing that was said in plain behind AUTH TLS', async (t) => {
    const { arrive } = await secureDoor(t);
    const client = await arrive();
    await client.say('USER anonymous');
    const heard = client.hear();
    client.socket.removeAllListeners('data');
    const plain = once(client.socket, 'data');
    client.mutter('AUTH TLS\r\nPASS injected\r\nCWD /incoming\r\nNOOP\r\n');
    assert.match(String((await plain)[0]), /^234 [^\r]*\r\n$/);
    const secure = await overTls(client.socket);
    secure.write('NOOP\r\n');
    assert.match(String((await once(secure, 'data'))[0]), /^200 [^\r]*\r\n$/);
    secure.write('PASS x\r\n');
    assert.match(String((await once(secure, 'data'))[0]), /^503 say USER/);
    client.drop();
    assert.equal(await heard, 'closed');
  });

  it('obeys what was said behind an AUTH that it does not take', async (t) => {
    const client = await (await secureDoor(t)).arrive();
    client.mutter('AUTH SSL\r\nAUTH\r\nAUTH TLS \r\nUSER anonymous\r\n');
    for (const expected of ['504', '504', '504', '331']) assert.equal(code(await client.hear()), expected);
  });

  it('waits for no handshake over a data connection that is closed by then', async (t) => {
    const { door } = await secureDoor(t);
    const socket = connect(door.incoming.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    const closed = { connection: async () => socket, close: () => undefined };
    const way = privately(closed, createSecureContext(), 60_000);
    const late = new Promise((resolve) => setTimeout(resolve, 20_000, 'late').unref());
    assert.notEqual(await Promise.race([way.connection().catch(() => 'refused'), late]), 'late');
  });

  it('hangs up on who speaks no TLS after AUTH TLS', async (t) => {
    const { door, arrive } = await secureDoor(t);
    const client = await arrive();
    assert.equal(code(await client.say('AUTH TLS')), '234');
    client.mutter('USER anonymous\r\nPASS x\r\nSTOR hello.dsc\r\n');
    await once(client.socket, 'close');
    await eventually('the session is over', () => door.incoming.sessions() === 0);
  });

  it('waits for no handshake that does not end, on either connection', async (t) => {
    const { door, arrive } = await secureDoor(t, { handshake: 3_000 });
    const silent = await arrive();
    assert.equal(code(await silent.say('AUTH TLS')), '234');
    const dripping = setInterval(() => silent.mutter(Buffer.from([0x16])), 50);
    t.after(() => clearInterval(dripping));
    await once(silent.socket, 'close');
    await eventually('the session is over', () => door.incoming.sessions() === 0);

    const client = await arrive();
    await client.secure();
    await logIn(client);
    await client.data();
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    assert.equal(code(await client.hear()), '425');
    const garbled = await client.data();
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    garbled.write('no TLS at all');
    assert.equal(code(await client.hear()), '425');
    assert.equal(code(await client.store('hello.dsc', 'hello')), '226');
  });

  it('keeps its limits: idle, length of lines, sessions, bytes', async (t) => {
    const { arrive } = await secureDoor(t, { idle: 5_000, line: 100, file: 1000, sessionsPerAddress: 2 });
    const client = await arrive();
    await client.secure();
    await logIn(client);
    assert.equal(code(await client.store('hello.dsc', randomBytes(1001))), '552');
    const long = await arrive();
    await long.secure();
    await dial(long.socket.remotePort as number, '127.0.0.1', (greeting) => assert.equal(code(greeting), '421'));
    assert.equal(code(await long.say('X'.repeat(101))), '500');
    assert.equal(code(await client.hear()), '421');
    assert.equal(await client.hear(), 'closed');
  });

  it('keeps nothing of a transfer whose client is gone', async (t) => {
    const { door, arrive } = await secureDoor(t);
    const client = await arrive();
    await client.secure();
    await logIn(client);
    const data = await client.data();
    assert.equal(code(await client.say('STOR hello.tar')), '150');
    (await overTls(data)).write(randomBytes(600_000));
    await eventually('bytes arrived', async () => (await readdir(join(door.folder, 'partial'))).length === 1);
    client.drop();
    await eventually('nothing is left', async () => (await readdir(join(door.folder, 'partial'))).length === 0);
    assert.deepEqual(await door.stored(), []);
  });

  it('still hears a client who says AUTH in the middle of a transfer', async (t) => {
    const { door, arrive } = await secureDoor(t);
    const client = await logIn(await arrive());
    const data = await client.data();
    assert.equal(code(await client.say('STOR hello.tar')), '150');
    data.write(randomBytes(600_000));
    client.mutter('AUTH TLS\r\n');
    assert.equal(code(await client.say('ABOR')), '426');
    assert.deepEqual([code(await client.hear()), code(await client.hear())], ['503', '226']);
    assert.deepEqual(await door.stored(), []);
  });

  it('shows a renewed certificate to the next, and goes on with those who are there', async (t) => {
    const { arrive, place, other, certificate } = await secureDoor(t);
    const client = await arrive();
    assert.equal(await client.secure(), 'place');
    await logIn(client);
    const renewed = new Promise((resolve) => certificate.onRenewal(resolve));
    copyFileSync(other.key, place.key);
    await eventually('trouble is said', () => certificate.state().trouble !== undefined);
    assert.equal(await (await arrive()).secure(), 'place');
    copyFileSync(other.certificate, place.certificate);
    await renewed;
    const data = await client.data();
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    const secure = await overTls(data);
    assert.equal(nameOf(secure), 'place');
    secure.end('hello');
    assert.equal(code(await client.hear()), '226');
    assert.equal(await (await arrive()).secure(), 'other');
  });

  it('takes nothing without TLS where that is required', async (t) => {
    const { door, arrive } = await secureDoor(t, {}, true);
    const client = await arrive();
    assert.match(await client.say('USER anonymous'), /^530 .*AUTH TLS/);
    assert.equal(code(await client.say('PASS x')), '503');
    await client.secure();
    await logIn(client);
    await client.say('PROT C');
    await client.data();
    assert.match(await client.say('STOR hello.dsc'), /^521 .*PROT P/);
    assert.equal(code(await client.say('LIST')), '521');
    await client.say('PROT P');
    assert.equal(code(await client.store('hello.dsc', 'hello')), '226');
    assert.equal((await door.stored()).length, 1);
  });
});
