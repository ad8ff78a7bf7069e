import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { Client } from 'basic-ftp';
import { dropIncoming, listIncoming } from '../../../src/adapters/incoming/received-files.ts';
import type { FileName, Sha256 } from '../../../src/domain/debian/names.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { Incoming, ReceivedFile } from '../../../src/ports/incoming.ts';
import { freePort } from '../../system/support/programs.ts';
import { code } from './dialogue.ts';
import { eventually, openDoor } from './open-door.ts';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('an upload by FTP', () => {
  for (const host of ['127.0.0.1', '::1'])
    it(`comes in by another client's library, from ${host}`, async (t) => {
      const door = await openDoor(t);
      const bytes = randomBytes(700_000);
      const client = new Client();
      t.after(() => client.close());
      await client.access({ host, port: door.incoming.port, user: 'anonymous', password: 'guest' });
      await client.cd('/incoming');
      await client.uploadFrom(Readable.from([bytes]), 'hello_2.10.orig.tar.gz');
      await client.uploadFrom(Readable.from(['Format: 3.0']), 'hello_2.10-3.dsc');
      assert.deepEqual(
        door.received.map(({ name, size, sha256: key }) => [name, size, key]),
        [
          ['hello_2.10.orig.tar.gz', bytes.length, sha256(bytes)],
          ['hello_2.10-3.dsc', 11, sha256('Format: 3.0')],
        ],
      );
      assert.ok((await readFile(door.received[0]?.path ?? '')).equals(bytes));
    });

  it('is known by its name, wherever the client stands', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    for (const name of ['a.dsc', '/incoming/b.dsc', '/c.dsc'])
      assert.equal(code(await client.store(name, name)), '226');
    await client.say('CWD /');
    for (const name of ['d.dsc', 'incoming/e.dsc']) assert.equal(code(await client.store(name, name)), '226');
    assert.deepEqual(
      door.received.map(({ name }) => name),
      ['a.dsc', 'b.dsc', 'c.dsc', 'd.dsc', 'e.dsc'],
    );
  });

  it('may have the longest name there is, and the shortest', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    for (const name of ['x'.repeat(255), 'y']) assert.equal(code(await client.store(name, name)), '226');
    assert.deepEqual((await door.stored()).map(({ name }) => name.length).sort(), [1, 255]);
  });

  it('belongs to one session with what else came by the same connection', async (t) => {
    const door = await openDoor(t);
    const one = await door.client();
    const other = await door.client();
    await one.store('a.dsc', 'a');
    await other.store('b.dsc', 'b');
    await one.store('a.changes', 'c');
    const [a, b, c] = door.received.map(({ session }) => session);
    assert.equal(a, c);
    assert.notEqual(a, b);
  });

  it('gets its 226 only after it was remembered', async (t) => {
    const remembering = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<ReceivedFile>();
    const door = await openDoor(t, {
      receive: async (file) => {
        asked.resolve(file);
        await remembering.promise;
        return undefined;
      },
    });
    const client = await door.client();
    const storing = client.store('hello.changes', 'Format: 1.8');
    const file = await asked.promise;
    assert.equal(await readFile(file.path, 'utf8'), 'Format: 1.8');
    assert.equal(await Promise.race([storing, 'not yet']), 'not yet');
    remembering.resolve();
    assert.equal(code(await storing), '226');
  });

  it('that is refused is dropped, and the client reads why in one line', async (t) => {
    const door = await openDoor(t, {
      receive: async ({ path }) => refusal('unsigned', `no signature\r\n226 in ${path}`, 'sign it'),
    });
    const client = await door.client();
    const reply = await client.store('hello.changes', 'x');
    assert.match(reply, /^550 unsigned: no signature 226 in incoming\/\S+ \(sign it\)$/);
    assert.equal(code(await client.say('NOOP')), '200');
    assert.deepEqual(await door.stored(), []);
  });

  it('that could not be remembered stays, and may be sent again', async (t) => {
    let broken = true;
    const door = await openDoor(t, {
      receive: async () => {
        if (broken) throw new Error('the log is fenced in /var/lib/mini-buildd/log');
        return undefined;
      },
    });
    const client = await door.client();
    const reply = await client.store('hello.changes', 'x');
    assert.match(reply, /^451 /);
    assert.ok(!reply.includes('/var/lib'));
    assert.equal((await door.stored()).length, 1);
    broken = false;
    assert.equal(code(await client.store('hello.changes', 'x')), '226');
    assert.equal((await door.stored()).length, 1);
  });

  it('never replaces another of the same name', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    assert.equal(code(await client.store('hello.dsc', 'verified')), '226');
    assert.equal(code(await client.store('hello.dsc', 'swapped')), '226');
    const contents = await Promise.all(door.received.map(({ path }) => readFile(path, 'utf8')));
    assert.deepEqual(contents, ['verified', 'swapped']);
  });

  it('sent twice is one file, told twice', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    for (let sent = 0; sent < 2; sent += 1) assert.equal(code(await client.store('hello.dsc', 'same')), '226');
    assert.equal(door.received.length, 2);
    assert.equal((await door.stored()).length, 1);
  });

  it('that was accepted once is not dropped because its repeat is refused', async (t) => {
    let told = 0;
    const door = await openDoor(t, {
      receive: async () => {
        told += 1;
        return told === 1 ? undefined : refusal('replay', 'seen already', 'wait');
      },
    });
    const client = await door.client();
    assert.equal(code(await client.store('hello.changes', 'same')), '226');
    assert.equal(code(await client.store('hello.changes', 'same')), '550');
    assert.equal((await door.stored()).length, 1);
  });

  it('by two clients at once under one name is two files', async (t) => {
    const door = await openDoor(t);
    const [one, other] = [await door.client(), await door.client('::1')];
    const [first, second] = [await one.data(), await other.data()];
    assert.equal(code(await one.say('STOR hello.dsc')), '150');
    assert.equal(code(await other.say('STOR hello.dsc')), '150');
    first.write('half of one, ');
    second.write('half of two, ');
    first.end('rest of one');
    second.end('rest of two');
    assert.deepEqual([code(await one.hear()), code(await other.hear())], ['226', '226']);
    const contents = await Promise.all((await door.stored()).map(({ path }) => readFile(path, 'utf8')));
    assert.deepEqual(contents.sort(), ['half of one, rest of one', 'half of two, rest of two']);
  });

  it('by many clients at once with the same bytes is one file, told to each', async (t) => {
    const door = await openDoor(t);
    const clients = await Promise.all(Array.from({ length: 6 }, () => door.client()));
    const replies = await Promise.all(clients.map((client) => client.store('hello.dsc', 'same')));
    assert.deepEqual(replies.map(code), Array(6).fill('226'));
    assert.equal(door.received.length, 6);
    assert.equal((await door.stored()).length, 1);
  });

  it('completes when the client says QUIT right after STOR', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    const data = await client.data();
    client.mutter('STOR hello.dsc\r\nQUIT\r\n');
    assert.equal(code(await client.hear()), '150');
    data.end('hello');
    assert.deepEqual([code(await client.hear()), code(await client.hear())], ['226', '221']);
    assert.equal(await client.hear(), 'closed');
    assert.equal((await door.stored()).length, 1);
  });

  it('completes when the client says QUIT and closes his side', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    const data = await client.data();
    client.mutter('STOR hello.dsc\r\nQUIT\r\n');
    assert.equal(code(await client.hear()), '150');
    client.socket.end();
    data.end('hello');
    await eventually('the file is there', async () => (await door.stored()).length === 1);
  });

  it('may be of no bytes', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    assert.equal(code(await client.store('empty', '')), '226');
    assert.equal(door.received[0]?.sha256, sha256(''));
  });

  it('waits for a client who connects only after 150', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    const [, port] = /\(\|\|\|(\d+)\|\)/.exec(await client.say('EPSV')) ?? [];
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    connect({ port: Number(port), host: '127.0.0.1' }).end('late');
    assert.equal(code(await client.hear()), '226');
  });

  for (const [host, verb] of [
    ['127.0.0.1', 'PORT'],
    ['127.0.0.1', 'EPRT'],
    ['::1', 'EPRT'],
  ] as const)
    it(`comes over a connection to the client himself, ${verb} from ${host}`, async (t) => {
      const door = await openDoor(t);
      const client = await door.client(host);
      const port = await called(t, host, (socket) => socket.end('active'));
      const family = host === '::1' ? 2 : 1;
      const said = verb === 'PORT' ? `PORT 127,0,0,1,${port >> 8},${port & 255}` : `EPRT |${family}|${host}|${port}|`;
      assert.equal(code(await client.say(said)), '200');
      assert.equal(code(await client.say('STOR hello.dsc')), '150');
      assert.equal(code(await client.hear()), '226');
      assert.equal(door.received[0]?.sha256, sha256('active'));
    });

  it('needs somebody to answer when the client asked to be called', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    const port = await freePort();
    assert.equal(code(await client.say(`EPRT |1|127.0.0.1|${port}|`)), '200');
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    assert.equal(code(await client.hear()), '425');
    assert.equal(code(await client.store('hello.dsc', 'then passive')), '226');
  });

  it('outlives the door, and is listed by the next start, oldest first', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    await client.store('b.dsc', 'one');
    await client.store('a.dsc', 'two');
    for (const [at, { path }] of door.received.entries()) await utimes(path, 1_000 + at, 1_000 + at);
    await writeFile(`${door.folder}/partial/torn`, 'half');
    await door.incoming.close();
    assert.deepEqual(
      (await listIncoming(door.folder)).map(({ name, size, sha256: key }) => [name, size, key]),
      [
        ['b.dsc', 3, sha256('one')],
        ['a.dsc', 3, sha256('two')],
      ],
    );
    const again: Incoming = (await openDoor(t, { folder: door.folder })).incoming;
    assert.ok(again.port > 0);
    assert.equal((await listIncoming(door.folder)).length, 2);
  });

  it('can be dropped, also twice, and leaves its neighbours alone', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    for (const name of ['a.dsc', 'b.dsc']) await client.store(name, 'same bytes');
    const file = { name: 'a.dsc' as FileName, sha256: sha256('same bytes') as Sha256 };
    await dropIncoming(door.folder, file);
    await dropIncoming(door.folder, file);
    assert.deepEqual(
      (await door.stored()).map(({ name }) => name),
      ['b.dsc'],
    );
    assert.equal(code(await client.store('a.dsc', 'same bytes')), '226');
  });
});

/** A port at which a client waits to be called. */
const called = async (t: { after: (work: () => void) => void }, host: string, answer: (socket: Socket) => void) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  });
  t.after(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
