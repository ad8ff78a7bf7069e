import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { access } from '../../../src/app/accounts/access.ts';
import type { Caller } from '../../../src/domain/account/caller.ts';
import type { NewEvent } from '../../../src/ports/event-log.ts';
import { noAccounts } from '../../../src/projections/accounts.ts';
import { memoryPeople } from '../../support/memory-people.ts';
import { readUntil, received, serve } from './served.ts';

const numbers = (text: string): number[] => [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));

const upTo = (count: number): readonly NewEvent[] => Array.from({ length: count }, (_, number) => received(number));

const live = { accept: 'text/event-stream' };

/** So large that a socket does not hold many. */
const large = (number: number): NewEvent =>
  received(number, { body: { type: 'UploadReceived', number, text: 'x'.repeat(60_000) } as NewEvent['body'] });

/** The most that are read at once. */
const onePage = 1000;

describe('the event feed', () => {
  it('shows the newest events first, and from a position on the oldest', async (test) => {
    const { url, record } = await serve(test);
    await record(...upTo(5));
    const newest = await (await fetch(`${url}/mini_buildd/events?limit=2`)).json();
    assert.deepEqual(
      newest.events.map(({ body }: { body: { number: number } }) => body.number),
      [4, 3],
    );
    const first = await (await fetch(`${url}/mini_buildd/events?after=&limit=2`)).text();
    assert.deepEqual(numbers(first), [0, 1]);
    const next = await (await fetch(`${url}/mini_buildd/events?after=${JSON.parse(first).next}`)).text();
    assert.deepEqual(numbers(next), [2, 3, 4]);
    const before = await (await fetch(`${url}/mini_buildd/events?before=${newest.next}`)).text();
    assert.deepEqual(numbers(before), [2, 1, 0]);
  });

  it('is filtered by stream, type, package, distribution and actor', async (test) => {
    const { url, record } = await serve(test, { viewer: () => ({ privilege: 'staff', names: new Set() }) });
    const other = received(1, {
      subject: { package: 'gcc' },
      actor: { kind: 'key', name: 'ABC' },
      body: { type: 'UploadRejected', number: 1 } as NewEvent['body'],
    });
    await record(received(0), other, received(2));
    const asked = async (query: string) =>
      numbers(await (await fetch(`${url}/mini_buildd/events?after=&${query}`)).text());
    assert.deepEqual(await asked('package=gcc'), [1]);
    assert.deepEqual(await asked('package=hello'), [0, 2]);
    assert.deepEqual(await asked('type=UploadRejected'), [1]);
    assert.deepEqual(await asked('distribution=trixie-test-unstable'), [0, 2]);
    assert.deepEqual(await asked('actor=ABC'), [1]);
    assert.deepEqual(await asked(`stream=upload-${other.id}`), [1]);
  });

  for (const query of [
    'limit=0',
    'limit=1001',
    'limit=x',
    'after=%0aid:%201',
    'stream=../x',
    'package=a%20b',
    'paket=hello',
    'package=a&package=b',
    '__proto__=1',
  ]) {
    it(`refuses to be asked ${query}`, async (test) => {
      const { url } = await serve(test);
      const answer = await fetch(`${url}/mini_buildd/events?${query}`);
      assert.equal(answer.status, 400);
      assert.match((await answer.json()).rule, /^(?:bad|unknown)-argument$/);
    });
  }

  it('goes on live, and after a break where the client was', async (test) => {
    const { url, record } = await serve(test);
    await record(...upTo(3));
    const first = await fetch(`${url}/mini_buildd/events?after=`, { headers: live });
    assert.equal(first.headers.get('content-type'), 'text/event-stream');
    const whole = readUntil(first, (text) => numbers(text).length === 4);
    await record(received(3));
    const text = await whole;
    assert.deepEqual(numbers(text), [0, 1, 2, 3]);
    const second = text.match(/^id: (.+)$/gm)?.[1]?.slice(4) ?? '';
    await record(received(4));
    const again = await fetch(`${url}/mini_buildd/events`, { headers: { ...live, 'last-event-id': second } });
    assert.deepEqual(numbers(await readUntil(again, (text) => numbers(text).length === 3)), [2, 3, 4]);
  });

  it('begins with what comes next when no position is named', async (test) => {
    const { url, record } = await serve(test);
    await record(...upTo(3));
    const answer = await fetch(`${url}/mini_buildd/events?package=hello`, { headers: live });
    const text = readUntil(answer, (text) => numbers(text).length === 1);
    await record(received(9, { subject: { package: 'gcc' } }), received(3));
    assert.deepEqual(numbers(await text), [3]);
  });

  it('keeps a quiet stream alive', async (test) => {
    const { url } = await serve(test, { limits: { heartbeat: 10 } });
    const answer = await fetch(`${url}/mini_buildd/events`, { headers: live });
    assert.match(await readUntil(answer, (text) => text.includes(': \n\n: \n\n')), /^: \n\n/);
  });

  it('ends in the middle of what is sent when the token is revoked', async (test) => {
    let isRevoked = false;
    const stan: Caller = { actor: { kind: 'account', name: 'stan' }, privilege: 'staff', shown: 'token' };
    const { url, record, changes$ } = await serve(test, {
      access: {
        ...access(noAccounts(), memoryPeople(Date.now), Date.now),
        byToken: async () => (isRevoked ? undefined : stan),
      },
      viewer: () => ({ privilege: 'staff', names: new Set() }),
    });
    await record(...Array.from({ length: onePage }, (_, number) => large(number)));
    const headers = { ...live, authorization: 'Bearer secret' };
    // More than the system holds for a socket: the server waits in the middle of the page.
    const answer = await fetch(`${url}/mini_buildd/events?after=&limit=${onePage}`, { headers });
    const reader = answer.body?.getReader() ?? assert.fail('no stream');
    const words = new TextDecoder();
    let text = words.decode((await reader.read()).value, { stream: true });
    isRevoked = true;
    changes$.next();
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += words.decode(part.value, { stream: true });
    const told = numbers(text).length;
    assert.ok(told > 0 && told < onePage, `${told} were told`);
  });

  it('drops a client that never reads, holding no more than a page for it', async (test) => {
    const { port, record } = await serve(test, { limits: { stall: 100 } });
    await record(...Array.from({ length: 300 }, (_, number) => large(number)));
    const socket = connect({ port, host: '127.0.0.1' });
    socket
      .pause()
      .write('GET /mini_buildd/events?after=&limit=10 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
    await once(socket, 'connect');
    // The server's reset shows only to who writes: it says so by an error or by the end.
    const gone = new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
    const poke = setInterval(() => socket.write('\r\n'), 50);
    await gone;
    clearInterval(poke);
    socket.destroy();
  });

  it('bounds how many streams there are', async (test) => {
    const { url } = await serve(test, { limits: { streams: 2 } });
    const leaving = new AbortController();
    const open = () => fetch(`${url}/mini_buildd/events`, { headers: live, signal: leaving.signal });
    assert.equal((await open()).status, 200);
    assert.equal((await fetch(`${url}/mini_buildd/live`, { signal: leaving.signal })).status, 200);
    const refused = await open();
    assert.equal(refused.status, 503);
    assert.equal((await refused.json()).rule, 'too-many-streams');
    assert.equal((await fetch(`${url}/mini_buildd/events`)).status, 200);
    leaving.abort();
    const free = async (): Promise<number> => {
      const answer = await fetch(`${url}/mini_buildd/events`, { headers: live });
      await answer.body?.cancel();
      return answer.status === 200 ? 200 : free();
    };
    assert.equal(await free(), 200);
  });

  it('ends with the server', async (test) => {
    const { url, close } = await serve(test);
    const answer = await fetch(`${url}/mini_buildd/events`, { headers: live });
    const text = answer.text();
    await close();
    assert.equal(await text, '');
  });

  it('says 500 and stays up when the log cannot be read', async (test) => {
    const { url, log, changes$ } = await serve(test);
    test.mock.method(log, 'query', () => Promise.reject(new Error('gone')));
    const answer = await fetch(`${url}/mini_buildd/events`);
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /gone|at /);
    changes$.next();
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });
});
