import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
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

describe('Many viewers', () => {
  it('all see the same change, a thousand of them', async (test) => {
    let home = homeThat(0);
    const { port, changes$ } = await serve(test, { home: () => home });
    const all = [];
    for (let n = 0; n < 1000; n += 1) all.push(await viewer(port));
    await Promise.all(all.map(({ until }) => until(0)));
    home = homeThat(1);
    changes$.next();
    await Promise.all(all.map(({ until }) => until(1)));
    for (const { socket } of all) socket.destroy();
  });

  it('lose one that never reads, who costs little and keeps nobody waiting', async (test) => {
    let home = homeThat(0);
    const { port, url, changes$ } = await serve(test, { home: () => home, limits: { stall: 500 } });
    const deaf = (await opened(port)).pause();
    // Who is let go is told so by a reset, which shows to who writes.
    const gone = new Promise<true>((resolve) => deaf.on('error', () => resolve(true)).on('close', () => resolve(true)));
    const poke = setInterval(() => deaf.write('\r\n'), 100);
    const reader = await viewer(port);
    await reader.until(0);
    global.gc?.();
    const before = process.memoryUsage().rss;
    let isGone = false;
    void gone.then(() => {
      isGone = true;
    });
    let changes = 0;
    // Far more than the system holds for a socket; bounded, so that a server that never lets go fails.
    while (!isGone && changes < 200) {
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
