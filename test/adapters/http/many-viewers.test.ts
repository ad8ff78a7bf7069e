import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { HomeModel } from '../../../src/adapters/http/views/home-model.ts';
import { idleHome, readUntil, serve } from './served.ts';

type Notice = HomeModel['notices'][number];

/** A home page that reads `n`, and is `kilobytes` long: so much is said to each viewer with each change. */
const homeThat = (n: number, kilobytes = 0): HomeModel => ({
  ...idleHome,
  notices: [{ fact: `change ${n}`, remedy: 'x'.repeat(kilobytes * 1000) } as Notice],
});

const opened = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET /mini_buildd/live HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
  return socket;
};

/** A viewer; `until` waits for a change, or a later one. */
const viewer = async (port: number) => {
  const socket = await opened(port);
  let [seen, end] = [-1, ''];
  socket.setEncoding('latin1').on('data', (chunk) => {
    const last = [...(end + chunk).matchAll(/change (\d+)\b/g)].at(-1)?.[1];
    if (last !== undefined) seen = Number(last);
    end = String(chunk).slice(-20);
  });
  return {
    socket,
    until: async (change: number): Promise<void> => {
      while (seen < change) await once(socket, 'data');
    },
  };
};

/** So many of them in a process of their own, gone with the test. */
const viewers = (test: TestContext, port: number, count: number) => {
  const crowd = fork(join(import.meta.dirname, '../../support/viewers-process.ts'), [String(port), String(count)]);
  test.after(() => crowd.kill());
  return {
    haveSeen: async (change: number): Promise<void> => {
      crowd.send(change);
      const [what] = await Promise.race([once(crowd, 'message'), once(crowd, 'exit')]);
      assert.equal(what, change);
    },
  };
};

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes that are held, after a collection. */
const memory = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe('Many viewers', () => {
  it('all see the same change, three thousand of them and one who never reads, and cost little each', {
    timeout: 240_000,
  }, async (test) => {
    let home = homeThat(0);
    let rendered = 0;
    const { port, url, changes$ } = await serve(test, {
      home: () => {
        rendered += 1;
        return home;
      },
    });
    const before = memory();
    const deaf = (await opened(port)).pause();
    const crowd = viewers(test, port, 3000);
    await crowd.haveSeen(0);
    const each = (memory() - before) / 3000;
    rendered = 0;
    for (const change of [1, 2, 3]) {
      home = homeThat(change, 20);
      changes$.next();
      await crowd.haveSeen(change);
    }
    test.diagnostic(`${Math.round(each / 1000)} kB a viewer, rendered ${rendered} times`);
    assert.ok(each < 60_000, `${Math.round(each / 1000)} kB a viewer`);
    assert.ok(rendered < 30, `rendered ${rendered} times for three changes`);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    deaf.destroy();
  });

  it('lose one that never reads, who costs little and keeps nobody waiting', async (test) => {
    let home = homeThat(0);
    const { port, url, changes$ } = await serve(test, { home: () => home, limits: { stall: 3_000 } });
    const deaf = (await opened(port)).pause();
    // Who is let go is told so by a reset, which shows to who writes.
    const gone = new Promise<true>((resolve) => deaf.on('error', () => resolve(true)).on('close', () => resolve(true)));
    const poke = setInterval(() => deaf.write('\r\n'), 100);
    const reader = await viewer(port);
    await reader.until(0);
    collect();
    const before = process.memoryUsage().rss;
    let isGone = false;
    void gone.then(() => {
      isGone = true;
    });
    let changes = 0;
    // Far more than the system holds for a socket; bounded, so that a server that never lets go fails.
    for (const end = Date.now() + 60_000; !isGone && Date.now() < end; ) {
      changes += 1;
      home = homeThat(changes, 500);
      changes$.next();
      await reader.until(changes);
    }
    clearInterval(poke);
    assert.ok(isGone, 'it is still there');
    assert.ok(process.memoryUsage().rss - before < 150e6, 'its memory grew with what was not read');
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    reader.socket.destroy();
    deaf.destroy();
  });

  it('are refused in words when there are enough of them, and still get the page', async (test) => {
    const { port, url } = await serve(test, { home: () => homeThat(7), limits: { streams: 3 } });
    const inside = await Promise.all([viewer(port), viewer(port), viewer(port)]);
    await Promise.all(inside.map(({ until }) => until(7)));
    const refused = await fetch(`${url}/mini_buildd/live`, { headers: { accept: 'application/json' } });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '30');
    assert.equal((await refused.json()).rule, 'too-many-streams');
    assert.match(await (await fetch(`${url}/mini_buildd/`)).text(), /change 7/);
    inside[0]?.socket.destroy();
    for (;;) {
      const again = await fetch(`${url}/mini_buildd/live`);
      if (again.status === 200) {
        await readUntil(again, (text) => text.includes('change 7'));
        break;
      }
      await again.body?.cancel();
    }
    for (const { socket } of inside) socket.destroy();
  });

  it('of one address leave room for others; who speaks for many does not count', async (test) => {
    const bound = { streams: 10, streamsPerAddress: 2 };
    const { port, url } = await serve(test, {
      home: () => homeThat(0),
      limits: { ...bound, speaksForMany: () => false },
    });
    const two = await Promise.all([viewer(port), viewer(port)]);
    await Promise.all(two.map(({ until }) => until(0)));
    assert.equal((await fetch(`${url}/mini_buildd/live`)).status, 503);
    const proxied = await serve(test, { home: () => homeThat(0), limits: bound });
    const many = await Promise.all([viewer(proxied.port), viewer(proxied.port), viewer(proxied.port)]);
    await Promise.all(many.map(({ until }) => until(0)));
    for (const { socket } of [...two, ...many]) socket.destroy();
  });
});
