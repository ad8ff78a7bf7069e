import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { OpenFile } from '../../../src/adapters/incoming/partial-file.ts';
import { dropIncoming } from '../../../src/adapters/incoming/received-files.ts';
import { code, type Dialogue, dial } from './dialogue.ts';
import { eventually, type OpenDoor, openDoor } from './open-door.ts';

/** A client in the middle of storing `hello.tar`: some bytes are on our disk, more are owed. */
const midway = async (door: OpenDoor) => {
  const client = await door.client();
  const data = await client.data();
  assert.equal(code(await client.say('STOR hello.tar')), '150');
  data.write(randomBytes(600_000));
  await eventually('bytes arrived', async () => {
    const [name] = await readdir(join(door.folder, 'partial'));
    return name !== undefined && (await sizeOf(join(door.folder, 'partial', name))) > 0;
  });
  return { client, data };
};

const sizeOf = async (path: string): Promise<number> => {
  const handle = await open(path);
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
};

const nothingLeft = async (door: OpenDoor): Promise<void> => {
  await eventually('the partial file is gone', async () => (await readdir(join(door.folder, 'partial'))).length === 0);
  assert.deepEqual(await door.stored(), []);
  assert.deepEqual(door.received, []);
};

/** The door is as good as new. */
const stillServes = async (door: OpenDoor, client?: Dialogue): Promise<void> => {
  assert.equal(code(await (client ?? (await door.client())).store('after.dsc', 'works')), '226');
};

const failing = (code: string): Error =>
  Object.assign(new Error(`${code}: in /var/lib/mini-buildd/incoming`), { code });

describe('an FTP transfer that breaks', () => {
  it('by a reset of the data connection leaves nothing', async (t) => {
    const door = await openDoor(t);
    const { client, data } = await midway(door);
    data.resetAndDestroy();
    assert.equal(code(await client.hear()), '426');
    await nothingLeft(door);
    await stillServes(door, client);
  });

  it('by a reset before STOR leaves nothing', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    (await client.data()).resetAndDestroy();
    const begun = code(await client.say('STOR hello.tar'));
    assert.equal(begun === '150' ? code(await client.hear()) : begun, '426');
    await nothingLeft(door);
  });

  it('by the end of the control connection leaves nothing', async (t) => {
    const door = await openDoor(t);
    const { client } = await midway(door);
    client.socket.end();
    await nothingLeft(door);
    await eventually('the session is gone', () => door.incoming.sessions() === 0);
    await stillServes(door);
  });

  it('by a reset of the control connection leaves nothing', async (t) => {
    const door = await openDoor(t);
    const { client } = await midway(door);
    client.socket.resetAndDestroy();
    await nothingLeft(door);
    await stillServes(door);
  });

  it('because the client was killed, which ends both connections in order, leaves nothing', async (t) => {
    const door = await openDoor(t);
    const { client, data } = await midway(door);
    client.socket.end();
    data.end();
    await nothingLeft(door);
    await stillServes(door);
  });

  it('by ABOR leaves nothing and says so at once', async (t) => {
    const door = await openDoor(t);
    const { client } = await midway(door);
    client.mutter('NOOP\r\nABOR\r\n');
    assert.deepEqual(
      [code(await client.hear()), code(await client.hear()), code(await client.hear())],
      ['426', '200', '226'],
    );
    await nothingLeft(door);
    await stillServes(door, client);
  });

  it('answers what was asked meanwhile when it is over', async (t) => {
    const door = await openDoor(t);
    const { client, data } = await midway(door);
    client.mutter('NOOP\r\n');
    data.end();
    assert.deepEqual([code(await client.hear()), code(await client.hear())], ['226', '200']);
  });

  it('because nobody connects is given up', async (t) => {
    const door = await openDoor(t, { limits: { dataConnection: 50 } });
    const client = await door.client();
    await client.say('EPSV');
    await client.say('STOR hello.tar');
    assert.equal(code(await client.hear()), '425');
    await nothingLeft(door);
    await stillServes(await openDoor(t));
  });

  it('is not given to a stranger who finds the passive port', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    const [, port] = /\(\|\|\|(\d+)\|\)/.exec(await client.say('EPSV')) ?? [];
    const stranger = connect({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.2' });
    stranger.on('error', () => undefined);
    await once(stranger, 'close');
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    connect({ port: Number(port), host: '127.0.0.1' }).end('mine');
    assert.equal(code(await client.hear()), '226');
    assert.equal(door.received[0]?.size, 4);
  });

  for (const [errno, reply] of [
    ['ENOSPC', '452'],
    ['EDQUOT', '452'],
    ['EIO', '451'],
  ] as const) {
    it(`because of ${errno} in the middle leaves nothing, and later uploads work`, async (t) => {
      let full = true;
      const openFile: OpenFile = async (...how) => {
        const handle = await open(...how);
        const write = handle.writeFile.bind(handle);
        handle.writeFile = (data) => (full ? Promise.reject(failing(errno)) : write(data));
        return handle;
      };
      const door = await openDoor(t, { openFile });
      const client = await door.client();
      const said = await client.store('hello.tar', randomBytes(3_000_000));
      assert.equal(code(said), reply);
      assert.ok(!said.includes('/var/lib'));
      await nothingLeft(door);
      full = false;
      await stillServes(door, client);
    });

    it(`because of ${errno} at the very first is refused before a byte is sent`, async (t) => {
      const door = await openDoor(t, { openFile: () => Promise.reject(failing(errno)) });
      const client = await door.client();
      assert.equal(code(await client.store('hello.tar', 'x')), reply);
      await nothingLeft(door);
    });

    it(`because of ${errno} while it is made durable is not acknowledged`, async (t) => {
      const openFile: OpenFile = async (...how) => {
        const handle = await open(...how);
        handle.sync = () => Promise.reject(failing(errno));
        return handle;
      };
      const door = await openDoor(t, { openFile });
      const client = await door.client();
      assert.equal(code(await client.store('hello.tar', 'x')), reply);
      await nothingLeft(door);
    });
  }
});

describe('the limits of the FTP door', () => {
  it('end a file that is too large with a reply the client can read', async (t) => {
    const door = await openDoor(t, { limits: { file: 1_000_000 } });
    const client = await door.client();
    assert.match(await client.store('hello.tar', randomBytes(4_000_000)), /^552 .*1000000 bytes/);
    await nothingLeft(door);
    assert.equal(code(await client.store('hello.tar', randomBytes(1_000_000))), '226');
  });

  it('keep incoming as a whole below its size, until files are dropped', async (t) => {
    const door = await openDoor(t, { limits: { incoming: 1_000 } });
    const client = await door.client();
    assert.equal(code(await client.store('a.dsc', 'a'.repeat(600))), '226');
    assert.equal(code(await client.store('b.dsc', 'b'.repeat(600))), '452');
    assert.equal(code(await client.store('a.dsc', 'a'.repeat(300))), '226');
    for (const file of await door.stored()) await dropIncoming(door.folder, file);
    assert.equal(code(await client.store('b.dsc', 'b'.repeat(600))), '226');
  });

  it('count what is on its way', async (t) => {
    const door = await openDoor(t, { limits: { incoming: 1_000_000 } });
    const { client, data } = await midway(door);
    const other = await door.client();
    assert.equal(code(await other.store('b.tar', randomBytes(600_000))), '452');
    data.resetAndDestroy();
    assert.equal(code(await client.hear()), '426');
    assert.equal(code(await other.store('b.tar', randomBytes(600_000))), '226');
  });

  it('remember over a restart what lies in incoming', async (t) => {
    const first = await openDoor(t);
    await (await first.client()).store('a.dsc', 'a'.repeat(600));
    await first.incoming.close();
    const door = await openDoor(t, { folder: first.folder, limits: { incoming: 1_000 } });
    assert.equal(code(await (await door.client()).store('b.dsc', 'b'.repeat(600))), '452');
  });

  it('keep the number of files in incoming, and in a session', async (t) => {
    const many = await openDoor(t, { limits: { incomingFiles: 2 } });
    const one = await many.client();
    const heard: string[] = [];
    for (const name of ['a', 'b', 'c']) heard.push(code(await one.store(name, name)));
    const session = await openDoor(t, { limits: { filesPerSession: 2 } });
    const other = await session.client();
    for (const name of ['a', 'b', 'c']) heard.push(code(await other.store(name, name)));
    assert.deepEqual(heard, ['226', '226', '452', '226', '226', '452']);
    assert.equal(code(await (await session.client()).store('c', 'c')), '226');
  });

  it('send away who comes when all sessions are taken, and let him in when one ends', async (t) => {
    const door = await openDoor(t, { limits: { sessions: 2 } });
    const [one] = [await door.client(), await door.client()];
    const refused = await dial(door.incoming.port, '127.0.0.1', (heard) => assert.match(heard, /^421 2 sessions/));
    assert.equal(await refused.hear(), 'closed');
    await one.say('QUIT');
    await eventually('the session ended', () => door.incoming.sessions() === 1);
    await stillServes(door);
  });

  it('leave room for others when one address takes all it may', async (t) => {
    const door = await openDoor(t, { limits: { sessionsPerAddress: 2 } });
    await door.client();
    await door.client();
    await dial(door.incoming.port, '127.0.0.1', (heard) => assert.match(heard, /^421 .*your address/));
    assert.equal(code(await (await door.client('::1')).say('NOOP')), '200');
  });

  it('survive 200 connections at once from one address, and serve another', async (t) => {
    const door = await openDoor(t, { limits: { sessions: 20, sessionsPerAddress: 8 } });
    const crowd = Array.from({ length: 200 }, () => connect({ port: door.incoming.port, host: '127.0.0.1' }));
    for (const socket of crowd) socket.on('error', () => undefined).resume();
    t.after(() => {
      for (const socket of crowd) socket.destroy();
    });
    await eventually('the first of them are in', () => door.incoming.sessions() === 8);
    await eventually('the rest were sent away', () => crowd.filter(({ closed }) => closed).length >= 192);
    assert.equal(code(await (await door.client('::1')).store('hello.dsc', 'x')), '226');
  });

  it('end a session that says nothing', async (t) => {
    const door = await openDoor(t, { limits: { idle: 50 } });
    const silent = await dial(door.incoming.port);
    assert.equal(code(await silent.hear()), '421');
    assert.equal(await silent.hear(), 'closed');
  });

  it('let a slow upload go on as long as it moves, far beyond the idle time', async (t) => {
    const door = await openDoor(t, { limits: { idle: 3_000, lowestRate: { bytes: 1, window: 20_000 } } });
    const client = await door.client();
    const data = await client.data();
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    for (let piece = 0; piece < 12; piece += 1) {
      data.write('x');
      await new Promise((next) => setTimeout(next, 300));
    }
    data.end();
    assert.equal(code(await client.hear()), '226');
    assert.equal(door.received[0]?.size, 12);
  });

  it('end an upload that is slower than the lowest rate', async (t) => {
    const door = await openDoor(t, { limits: { lowestRate: { bytes: 1_000, window: 60 } } });
    const client = await door.client();
    const data = await client.data();
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    const dripping = setInterval(() => data.write('x'), 10);
    t.after(() => clearInterval(dripping));
    assert.match(await client.hear(), /^426 fewer than 1000 bytes/);
    await nothingLeft(door);
  });

  it('end an upload that stands still', async (t) => {
    const door = await openDoor(t, { limits: { lowestRate: { bytes: 1, window: 60 } } });
    const client = await door.client();
    await client.data();
    assert.equal(code(await client.say('STOR hello.dsc')), '150');
    assert.equal(code(await client.hear()), '426');
    await nothingLeft(door);
  });
});

describe('the FTP door of a stopped engine', () => {
  it('takes nobody and says why, lets what is under way end, and opens again', async (t) => {
    let closed: string | undefined;
    const door = await openDoor(t, { closed: () => closed });
    const { client, data } = await midway(door);
    closed = 'the engine is stopped (moving house)';
    let greeting = '';
    const refused = await dial(door.incoming.port, '127.0.0.1', (heard) => {
      greeting = heard;
    });
    assert.equal(greeting, '421 the engine is stopped (moving house)');
    assert.equal(await refused.hear(), 'closed');
    data.end();
    assert.equal(code(await client.hear()), '226');
    await client.data();
    assert.equal(code(await client.say('STOR next.dsc')), '421');
    closed = undefined;
    assert.equal(code(await (await door.client()).store('hello.dsc', 'dsc')), '226');
  });
});

describe('the FTP door, closing', () => {
  it('lets a transfer under way end, says goodbye, and takes nobody new', async (t) => {
    const door = await openDoor(t, { limits: { closing: 10_000 } });
    const idle = await door.client();
    const { client, data } = await midway(door);
    const closed = door.incoming.close();
    assert.equal(code(await idle.hear()), '421');
    assert.equal(await idle.hear(), 'closed');
    const late = connect({ port: door.incoming.port, host: '127.0.0.1' });
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
    data.end();
    assert.deepEqual([code(await client.hear()), code(await client.hear())], ['226', '421']);
    await closed;
    assert.equal((await door.stored()).length, 1);
  });

  it('begins no further transfer', async (t) => {
    const door = await openDoor(t, { limits: { closing: 10_000 } });
    const { client, data } = await midway(door);
    client.mutter('EPSV\r\nSTOR late.dsc\r\n');
    const closed = door.incoming.close();
    data.end();
    const heard: string[] = [];
    for (let reply = await client.hear(); reply !== 'closed'; reply = await client.hear()) heard.push(code(reply));
    assert.equal(heard[0], '226');
    assert.equal(heard.at(-1), '421');
    assert.ok(!heard.includes('150'));
    await closed;
    assert.deepEqual(
      (await door.stored()).map(({ name }) => name),
      ['hello.tar'],
    );
  });

  it('cuts off a transfer that does not end in time, and keeps nothing of it', async (t) => {
    const door = await openDoor(t, { limits: { closing: 30 } });
    const { client } = await midway(door);
    await door.incoming.close();
    assert.match(await client.hear(), /^(?:426|421|closed)/);
    await nothingLeft(door);
  });
});
