import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { right } from 'fp-ts/lib/Either.js';
import type { Limits } from '../../../src/adapters/ftp/limits.ts';
import type { IncomingLimits } from '../../../src/adapters/incoming/limits.ts';
import type { IncomingDoor } from '../../../src/cli/ssh-upload/incoming-door.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { Receive } from '../../../src/ports/incoming.ts';
import { eventually, openDoor } from '../../adapters/ftp/open-door.ts';
import { type Answer, packetOf, type SftpClient, sftpClient } from './sftp-client.ts';

/** Types of packets (draft-ietf-secsh-filexfer-02 §3). */
const { INIT, OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT, SETSTAT, FSETSTAT } = {
  ...{ INIT: 1, OPEN: 3, CLOSE: 4, READ: 5, WRITE: 6, LSTAT: 7, FSTAT: 8, SETSTAT: 9, FSETSTAT: 10 },
};
const { OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, REALPATH, STAT, RENAME, READLINK, SYMLINK, EXTENDED } = {
  ...{ OPENDIR: 11, READDIR: 12, REMOVE: 13, MKDIR: 14, RMDIR: 15, REALPATH: 16, STAT: 17 },
  ...{ RENAME: 18, READLINK: 19, SYMLINK: 20, EXTENDED: 200 },
};
const { STATUS, HANDLE, NAME, ATTRS } = { STATUS: 101, HANDLE: 102, NAME: 104, ATTRS: 105 };
const create = 0x02 | 0x08 | 0x10;

/** A status in words, or what else was answered. */
const said = ({ type, rest }: Answer): string => {
  if (type !== STATUS) return `answer ${type}`;
  const code = ['ok', 'eof', 'no-such-file', 'permission-denied', 'failure', 'bad', '', '', 'unsupported'];
  return `${code[rest.readUInt32BE()]}: ${rest.subarray(8, 8 + rest.readUInt32BE(4))}`;
};

const text = ({ rest }: Answer, at = 0): string => rest.subarray(at + 4, at + 4 + rest.readUInt32BE(at)).toString();

const open = async (client: SftpClient, name: string): Promise<string> => {
  const answer = await client.ask(OPEN, name, create, 0);
  assert.equal(answer.type, HANDLE, said(answer));
  return text(answer);
};

/** Sends a whole file, and gives the answer to its end. */
const send = async (client: SftpClient, name: string, bytes: Buffer): Promise<string> => {
  const handle = await open(client, name);
  for (let at = 0; at < bytes.length; at += 32_768) {
    const answer = said(await client.ask(WRITE, handle, BigInt(at), bytes.subarray(at, at + 32_768)));
    if (answer !== 'ok: ') return answer;
  }
  return said(await client.ask(CLOSE, handle));
};

const withDoor = async (
  test: TestContext,
  wishes: {
    readonly receive?: Receive;
    readonly limits?: Partial<Limits & IncomingLimits>;
    readonly closed?: () => string;
  } = {},
) => {
  const door = await openDoor(test, wishes);
  const client = sftpClient(test, door.incoming.port);
  assert.equal((await client.ask(INIT, 3)).type, 2);
  return { door, client };
};

describe('an upload by SFTP', () => {
  it('is handed to the FTP door, byte by byte, in one session', async (test) => {
    const { door, client } = await withDoor(test);
    const orig = randomBytes(700_001);
    assert.equal(await send(client, '/incoming/hello_2.10.orig.tar.gz', orig), 'ok: ');
    assert.equal(await send(client, 'incoming/hello_2.10-3.dsc', Buffer.from('Format: 3.0')), 'ok: ');
    assert.equal(await send(client, './empty', Buffer.alloc(0)), 'ok: ');
    assert.deepEqual(
      door.received.map(({ name, size }) => `${name} ${size}`),
      ['hello_2.10.orig.tar.gz 700001', 'hello_2.10-3.dsc 11', 'empty 0'],
    );
    assert.equal(new Set(door.received.map(({ session }) => session)).size, 1);
    assert.ok((await readFile(door.received[0]?.path ?? '')).equals(orig));
  });

  it('is told of only when the door has it', async (test) => {
    const known = Promise.withResolvers<undefined>();
    const { client } = await withDoor(test, { receive: () => known.promise });
    let answered = false;
    const sent = send(client, 'hello.dsc', Buffer.from('Format: 3.0')).then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((next) => setTimeout(next, 200));
    assert.equal(answered, false);
    known.resolve(undefined);
    assert.equal(await sent, 'ok: ');
  });

  it('is refused in the words of the door, and the next file is taken', async (test) => {
    const { door, client } = await withDoor(test, {
      receive: async ({ name }) =>
        name === 'hello.changes' ? refusal('unsigned', 'it bears no signature', 'sign it with debsign') : undefined,
    });
    assert.equal(
      await send(client, 'hello.changes', Buffer.from('Format: 1.8')),
      'permission-denied: unsigned: it bears no signature (sign it with debsign)',
    );
    assert.equal(await send(client, 'hello.dsc', Buffer.from('Format: 3.0')), 'ok: ');
    assert.deepEqual(
      (await door.stored()).map(({ name }) => name),
      ['hello.dsc'],
    );
  });

  it('ends where the door has had enough', async (test) => {
    const { door, client } = await withDoor(test, { limits: { file: 100_000 } });
    assert.match(
      await send(client, 'large.tar.gz', Buffer.alloc(200_000)),
      /^permission-denied: a file may have 100000 bytes at most/,
    );
    assert.equal(await send(client, 'small.tar.gz', Buffer.alloc(100_000)), 'ok: ');
    assert.equal((await door.stored()).length, 1);
  });

  it('can wait where the door is closed, or nobody is there', async (test) => {
    const { client } = await withDoor(test, { closed: () => 'the engine is stopped' });
    const answer = said(await client.ask(OPEN, 'hello.dsc', create, 0));
    assert.match(answer, /^failure: the engine is stopped/);
    const alone = sftpClient(test, 1);
    await alone.ask(INIT, 3);
    assert.match(said(await alone.ask(OPEN, 'hello.dsc', create, 0)), /^failure: the instance cannot be reached/);
  });

  it('comes in order: a gap is refused, and nothing is kept', async (test) => {
    const { door, client } = await withDoor(test);
    const handle = await open(client, 'hello.dsc');
    assert.equal(said(await client.ask(WRITE, handle, 0n, Buffer.from('abc'))), 'ok: ');
    const gap = 'failure: hello.dsc has 3 bytes so far: the next ones come there';
    assert.equal(said(await client.ask(WRITE, handle, 2n ** 63n, Buffer.from('d'))), gap);
    assert.equal(said(await client.ask(WRITE, handle, 3n, Buffer.from('d'))), gap);
    assert.equal(said(await client.ask(CLOSE, handle)), gap);
    assert.equal(await send(client, 'other.dsc', Buffer.from('abc')), 'ok: ');
    assert.deepEqual(
      door.received.map(({ name }) => name),
      ['other.dsc'],
    );
  });

  for (const [how, cut] of [
    ['between packets', (client: SftpClient) => client.leave()],
    [
      'within a packet',
      (client: SftpClient) => {
        client.mutter(packetOf(WRITE, 9, '1', 3n, Buffer.alloc(100)).subarray(0, 60));
        client.leave();
      },
    ],
    ['by nonsense', (client: SftpClient) => client.mutter(Buffer.from([0xff, 0xff, 0xff, 0xff]))],
  ] as const)
    it(`that is cut off ${how} leaves nothing`, async (test) => {
      const { door, client } = await withDoor(test);
      const handle = await open(client, 'hello.dsc');
      assert.equal(said(await client.ask(WRITE, handle, 0n, Buffer.from('abc'))), 'ok: ');
      cut(client);
      await client.ended;
      await eventually('the FTP session to be over', () => door.incoming.sessions() === 0);
      assert.deepEqual(door.received, []);
    });

  it('has so many files, and one at a time', async (test) => {
    const { client } = await withDoor(test);
    const handle = await open(client, 'first');
    assert.match(said(await client.ask(OPEN, 'second', create, 0)), /^failure: close first first/);
    await client.ask(CLOSE, handle);
    for (const name of ['b', 'c', 'd', 'e']) assert.equal(await send(client, name, Buffer.from('x')), 'ok: ');
    assert.match(said(await client.ask(OPEN, 'f', create, 0)), /^failure: 5 files are enough/);
  });
});

/** A door that takes everything, and remembers names. */
const openToAll = (names: string[] = []): IncomingDoor => ({
  begin: async (name) => {
    names.push(name);
    const nothing = async (): Promise<undefined> => undefined;
    return right({ write: nothing, finish: nothing, abandon: () => undefined });
  },
  leave: () => undefined,
});

describe('What a client of SFTP sees', () => {
  const greeted = async (test: TestContext): Promise<SftpClient> => {
    const client = sftpClient(test, openToAll());
    await client.ask(INIT, 3);
    return client;
  };
  const folder = 0o040_733;

  it('is one folder, and the sizes of what he wrote', async (test) => {
    const client = await greeted(test);
    for (const [path, real] of [
      ['.', '/'],
      ['', '/'],
      ['incoming', '/incoming'],
      ['/incoming/', '/incoming'],
      ['/incoming/hello.dsc', '/incoming/hello.dsc'],
      ['hello.dsc', '/incoming/hello.dsc'],
    ] as const) {
      const answer = await client.ask(REALPATH, path);
      assert.equal(answer.type, NAME);
      assert.equal(text(answer, 4), real);
    }
    for (const path of ['/', '.', '/incoming'])
      assert.equal((await client.ask(STAT, path)).rest.readUInt32BE(12), folder);
    assert.equal(said(await client.ask(STAT, '/incoming/hello.dsc')), 'no-such-file: there is no such file here');
    const handle = await open(client, 'hello.dsc');
    await client.ask(WRITE, handle, 0n, Buffer.from('abc'));
    assert.equal((await client.ask(FSTAT, handle)).rest.readBigUInt64BE(4), 3n);
    assert.equal(said(await client.ask(FSETSTAT, handle, 4, 0o644)), 'ok: ');
    await client.ask(CLOSE, handle);
    const seen = await client.ask(LSTAT, '/incoming/hello.dsc');
    assert.deepEqual([seen.type, seen.rest.readBigUInt64BE(4)], [ATTRS, 3n]);
    assert.equal(said(await client.ask(SETSTAT, 'hello.dsc', 4, 0o644)), 'ok: ');
  });

  for (const path of [
    ...[
      '../hello.dsc',
      '/etc/passwd',
      '/incoming/../etc/passwd',
      '/incoming/sub/hello.dsc',
      '.hidden',
      '-oProxyCommand=id',
    ],
    ...[
      'a\0b',
      'a\nb',
      'a b',
      '/incoming',
      '.',
      '',
      '..',
      '~/x',
      'a'.repeat(256),
      '/incoming/incoming/x',
      '$(id)',
      'ä',
    ],
  ])
    it(`is no file that is named ${JSON.stringify(path).slice(0, 40)}`, async (test) => {
      const names: string[] = [];
      const client = sftpClient(test, openToAll(names));
      await client.ask(INIT, 3);
      assert.match(said(await client.ask(OPEN, path, create, 0)), /^permission-denied: /);
      assert.deepEqual(names, []);
    });

  it('cannot be read, changed or left', async (test) => {
    const client = await greeted(test);
    for (const type of [READ, OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, RENAME, READLINK, SYMLINK])
      assert.match(said(await client.ask(type, '/incoming', '/etc')), /^permission-denied: /);
    for (const flags of [0x01, 0x03, 0x06, 0x00, 0x1f])
      assert.match(said(await client.ask(OPEN, 'hello.dsc', flags, 0)), /^permission-denied: /);
    for (const type of [EXTENDED, 0, 21, 99, 255])
      assert.match(said(await client.ask(type, 'posix-rename@openssh.com')), /^unsupported: /);
    for (const type of [CLOSE, WRITE, FSTAT, FSETSTAT])
      assert.match(said(await client.ask(type, '1', 0n, 'x')), /^failure: no such file is open/);
    for (const path of ['..', '/etc/passwd']) {
      assert.match(said(await client.ask(REALPATH, path)), /^no-such-file/);
      assert.match(said(await client.ask(STAT, path)), /^no-such-file/);
      assert.match(said(await client.ask(SETSTAT, path)), /^no-such-file/);
    }
  });
});

describe('What is no SFTP', () => {
  for (const [what, bytes, why] of [
    ['an endless packet', Buffer.from([0xff, 0xff, 0xff, 0xff, 1]), /a packet of 4294967295 bytes is no SFTP/],
    ['an empty packet', Buffer.alloc(4), /a packet of 0 bytes/],
    ['a line of text', Buffer.from('scp -t /etc\n'), /a packet of \d+ bytes is no SFTP/],
    ['another beginning', packetOf(STAT, 1, '/'), /begins with SSH_FXP_INIT/],
    ['a second beginning', Buffer.concat([packetOf(INIT, 3), packetOf(INIT, 3)]), /begins with SSH_FXP_INIT, once/],
    ['a field without end', Buffer.concat([packetOf(INIT, 3), packetOf(STAT, 1, 0xffffffff)]), /field is longer/],
    ['a request without number', Buffer.concat([packetOf(INIT, 3), packetOf(STAT)]), /field is longer/],
  ] as const)
    it(`ends the session with a sentence: ${what}`, async (test) => {
      const client = sftpClient(test, openToAll());
      client.mutter(bytes);
      assert.match((await client.ended) ?? '', why);
    });

  it('is silence', async (test) => {
    const client = sftpClient(test, openToAll(), { idle: 2_000 });
    await client.ask(INIT, 3);
    assert.equal(await client.ended, 'nothing was said for 2 seconds');
  });

  it('never brings a session to hang or fall, however it is parted', async (test) => {
    const packet = fc
      .tuple(fc.nat(255), fc.array(fc.oneof(fc.string(), fc.nat(), fc.bigInt(0n, 2n ** 64n - 1n)), { maxLength: 4 }))
      .map(([type, fields]) => packetOf(type, ...fields));
    const garbage = fc.oneof(packet, packet, fc.uint8Array({ maxLength: 40 }).map(Buffer.from));
    await fc.assert(
      fc.asyncProperty(fc.array(garbage), fc.integer({ min: 1, max: 50 }), async (parts, step) => {
        const names: string[] = [];
        const client = sftpClient(test, openToAll(names));
        const bytes = Buffer.concat([packetOf(INIT, 3), ...parts]);
        for (let at = 0; at < bytes.length; at += step) client.mutter(bytes.subarray(at, at + step));
        client.leave();
        assert.match((await client.ended) ?? 'SFTP', /SFTP|SSH_FXP_INIT|packet/);
        assert.ok(names.every((name) => /^[A-Za-z0-9][\w+.~:-]*$/.test(name)));
        assert.ok(client.heard() > 0);
      }),
      { numRuns: 200 },
    );
  });
});
