import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isRight } from 'fp-ts/lib/Either.js';
import { httpRemotes } from '../../../src/adapters/remote/http-remotes.ts';
import type { BuildId } from '../../../src/domain/ids.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { ReceivedFile } from '../../../src/ports/incoming.ts';
import { remoteErrandsContract } from '../../contracts/remote-errands.ts';
import { remotesContract } from '../../contracts/remotes.ts';
import { openDoor } from '../ftp/open-door.ts';
import { serve } from '../http/served.ts';

remotesContract('HTTP', async (test, api) => {
  const { url, close } = await serve(test, { api });
  return { remotes: httpRemotes(), url: `${url}/`, away: close };
});

remoteErrandsContract('HTTP and FTP', async (test, { takes, liveLog }) => {
  const received: ReceivedFile[] = [];
  const door = await openDoor(test, {
    receive: async (file) => {
      if (!takes(file.name)) return refusal('not-wanted', `${file.name} is not wanted`, 'send another one');
      received.push(file);
      return undefined;
    },
  });
  const { url, close } = await serve(test, { liveLog });
  return {
    remotes: httpRemotes(),
    url: `${url}/`,
    incoming: `127.0.0.1:${door.incoming.port}`,
    took: () => received.map(({ name, size, session = '' }) => ({ name, size, session })),
    away: async () => {
      await Promise.all([close(), door.incoming.close()]);
    },
  };
});

describe('The log of a build elsewhere', () => {
  const follows = async (url: string, patience = 10_000) =>
    httpRemotes(patience).followLog(url, 'a-build' as BuildId, new AbortController().signal);

  it('is followed over any silence, once it was answered', async (test) => {
    const patience = 2_000;
    const server = createServer(async (_, answer) => {
      answer.write('configuring\n');
      await setTimeout(1.5 * patience);
      answer.end('linked\n');
    });
    test.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const log = await follows(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, patience);
    assert.equal(isRight(log) && (await text(log.right)), 'configuring\nlinked\n');
  });

  it('is not waited for for ever', async (test) => {
    const server = createServer(() => undefined);
    test.after(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const log = await follows(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 200);
    assert.match(JSON.stringify(log), /unreachable-remote.*no answer within 0\.2 s/);
  });

  it('ends with an error of its own, and of nobody else, when the other end sends garbage or is cut off', async (test) => {
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    process.on('uncaughtException', note);
    test.after(() => process.off('uncaughtException', note));
    for (const end of [(peer: Socket) => peer.end('no chunk\r\n'), (peer: Socket) => peer.resetAndDestroy()]) {
      const { promise: asked, resolve } = Promise.withResolvers<Socket>();
      const server = createTcpServer((peer) => {
        peer.on('error', () => undefined);
        peer.once('data', () => {
          peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
          resolve(peer);
        });
      });
      test.after(() => server.close());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const log = await follows(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      assert.ok(isRight(log));
      const read = text(log.right);
      end(await asked);
      await assert.rejects(read);
      await setTimeout(100);
    }
    assert.deepEqual(uncaught, []);
  });
});
