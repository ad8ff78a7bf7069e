import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import type { EventLog, RecordedEvent } from '../../../src/ports/event-log.ts';
import { logFolder } from './folder.ts';

it('loses nothing acknowledged and doubles nothing, however often the daemon is killed', async (test) => {
  const folder = logFolder(test);
  const acknowledged = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    const daemon = start(test, folder);
    const exit = once(daemon, 'exit');
    const wanted = acknowledged.size + ((round * 37) % 101);
    for await (const line of lines(daemon)) {
      if (line !== 'open') acknowledged.add(line);
      if (acknowledged.size >= wanted) daemon.kill('SIGKILL');
    }
    assert.deepEqual(await exit, [null, 'SIGKILL']);
  }

  const log = await openEmbeddedLog(folder);
  assert.equal(log.state().status, 'writable');
  const events = await everything(log);
  await log.close();
  const ids = new Set<string>(events.map(({ id }) => id));
  assert.equal(ids.size, events.length, 'no event is there twice');
  assert.deepEqual(
    [...acknowledged].filter((id) => !ids.has(id)),
    [],
  );
  assertWholeStreams(events);
});

it('refuses a second daemon in the same folder while the first lives, and admits it when that was killed', async (test) => {
  const folder = logFolder(test);
  const first = start(test, folder);
  const said = lines(first)[Symbol.asyncIterator]();
  assert.equal((await said.next()).value, 'open');
  await assert.rejects(openEmbeddedLog(folder), (error: Error) => error.message.includes(folder));
  first.kill('SIGKILL');
  await once(first, 'exit');
  const second = await openEmbeddedLog(folder);
  await assert.rejects(openEmbeddedLog(folder), /another process is writing/);
  assert.equal(second.state().status, 'writable');
  await second.close();
});

const start = (test: TestContext, folder: string): ChildProcess => {
  const script = fileURLToPath(new URL('./append-until-killed.ts', import.meta.url));
  const daemon = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  test.after(() => daemon.kill('SIGKILL'));
  return daemon;
};

const lines = (daemon: ChildProcess): AsyncIterable<string> => {
  assert.ok(daemon.stdout);
  return createInterface({ input: daemon.stdout });
};

const everything = async (log: EventLog): Promise<readonly RecordedEvent[]> => {
  const all: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readAll(all.at(-1)?.position, 1000);
    if (page.length === 0) return all;
    all.push(...page);
  }
};

const assertWholeStreams = (events: readonly RecordedEvent[]): void => {
  for (const [stream, own] of Map.groupBy(events, ({ stream }) => stream))
    assert.deepEqual(
      own.map(({ revision }) => revision),
      own.map((_, n) => n),
      stream,
    );
};
