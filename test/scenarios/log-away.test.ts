import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { waitingRoom } from '../../src/adapters/http/waiting-room.ts';
import { homeOf } from '../../src/app/home.ts';
import { sealingOf } from '../../src/app/pages/sealing.ts';
import { untilAnswers, watchLog } from '../../src/log-watch.ts';
import type { EventLog, LogState } from '../../src/ports/event-log.ts';
import { newWorld } from '../../src/projections/world.ts';
import { serve } from '../adapters/http/served.ts';
import { type EventStoreServer, startEventStoreServer } from '../support/eventstore-server.ts';

/** Milliseconds. */
const brisk = { answerWithin: 10_000, giveUpAfter: 200, firstWait: 5, longestWait: 50 };

describe('A daemon whose event store is away', () => {
  let store: EventStoreServer;
  let log: EventLog;
  beforeEach(async () => {
    store = await startEventStoreServer();
    store.network.refuse();
    log = await openEventStoreLog(store.connectionString, brisk);
  });
  afterEach(async () => {
    await log.close();
    await store.stop();
  });
  const reason = (): string => {
    const state = log.state();
    return state.status === 'writable' ? '' : state.reason;
  };

  it('waits at its start, lives, and says to whoever asks what it waits for', async () => {
    const room = await waitingRoom([{ host: '127.0.0.1', port: 0, isTls: false }], undefined, reason);
    const ask = (path: string, accept = 'application/json') =>
      fetch(`http://127.0.0.1:${room.ports[0]}${path}`, { headers: { accept } });
    let answered = false;
    const waiting = untilAnswers(log).then(() => {
      answered = true;
    });
    assert.equal((await ask('/healthz')).status, 200);
    const ready = await ask('/readyz');
    assert.deepEqual([ready.status, ready.headers.get('retry-after')], [503, '5']);
    assert.match(await ready.text(), /^The event store does not answer \(.*\); check that it runs/);
    const problem = await ask('/mini_buildd/api/status');
    assert.equal(problem.status, 503);
    assert.match(JSON.stringify(await problem.json()), /"rule":"starting".*the daemon waits: The event store/);
    assert.equal((await ask('/', 'text/html')).headers.get('refresh'), '5');
    assert.match(await (await ask('/', 'text/html')).text(), /<strong>the daemon waits: The event store/);
    assert.equal(answered, false);
    store.network.admit();
    await waiting;
    await room.close();
    await assert.rejects(ask('/healthz'));
  });

  it('tells its journal once when the log goes and once when it comes back', async () => {
    const heard: LogState['status'][] = [];
    const stop = watchLog(log, ({ status }) => heard.push(status));
    store.network.admit();
    await untilAnswers(log);
    for (let n = 0; n < 300 && heard.length < 2; n += 1) await pause(100);
    stop();
    assert.deepEqual(heard, ['unreachable', 'writable']);
  });

  it('says on its home page what it waits for, and answers what needs the log with 503 and the remedy', async (test) => {
    const page = homeOf(newWorld(), {
      log: log.state,
      confinement: { network: true, processes: true, bounds: true },
      place: { builder: 'ernie', room: 1, tags: [] },
      peers: { heard: () => undefined },
      liveLog: () => undefined,
      usual: () => undefined,
      works: () => [],
      sealing: sealingOf(newWorld(), () => undefined, Date.now),
      certificate: () => undefined,
      expiries: () => [],
      silentNodes: () => new Map(),
      clockLeap: () => undefined,
      now: Date.now,
    })();
    assert.deepEqual(page.engine, { state: 'waiting', note: reason() });
    assert.match(page.attention[0]?.fact ?? '', /^nothing can be recorded: The event store does not answer/);
    const { url } = await serve(test, { log, home: () => page as never });
    const answer = await fetch(`${url}/mini_buildd/events?after=`, { headers: { accept: 'application/json' } });
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /"rule":"log-unreachable".*check that it runs/);
    assert.match(await (await fetch(`${url}/mini_buildd/`)).text(), /waits for its log/);
  });
});
