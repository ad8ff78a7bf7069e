import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { openEventStoreLog } from '../../src/adapters/eventstore-log/open-eventstore-log.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { copyLog } from '../../src/app/copy-log.ts';
import type { CopyTarget } from '../../src/app/fill-log.ts';
import { startProjector } from '../../src/app/projector.ts';
import type { Instant } from '../../src/domain/codec.ts';
import { type DaemonEvent, decodeEvent, eventCodecs } from '../../src/domain/event.ts';
import type { StreamName } from '../../src/domain/ids.ts';
import { streamOf } from '../../src/domain/stream.ts';
import { subjectOf } from '../../src/domain/subject.ts';
import type { Body, EventLog, RecordedEvent } from '../../src/ports/event-log.ts';
import { newEvent, recordedBy } from '../adapters/eventstore-log/sample-events.ts';
import { startEventStoreServer } from '../support/eventstore-server.ts';
import { atWork, meantBy, story } from '../support/every-command.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** What happened to an instance on which every command was given, most with all they can mean. */
let lived: readonly RecordedEvent[];
/** One event of each type there is, and of each shape that one ever had. */
let ofEachType: readonly RecordedEvent[];
before(async (test) => {
  const state = await atWork(test as TestContext);
  const { daemon, adam, on } = state;
  for (const line of story) await daemon.engine.api.run(line[0], meantBy(line, state), adam);
  await daemon.rests();
  await daemon.kill();
  lived = [...on.store.events];
  ofEachType = await said(await goldenEvents());
});

/** An event as it was written, and what it means today. */
type Written = { readonly body: Body; readonly event: DaemonEvent };

const said = async (golden: readonly Written[]): Promise<readonly RecordedEvent[]> => {
  const log = openMemoryLog();
  for (const [stream, of] of Map.groupBy(golden, ({ event }) => streamOf(event))) {
    const events = of.map(({ body, event }) => ({ ...newEvent(), body, subject: subjectOf(event) }));
    await recordedBy(log.append(stream, 'none', events));
  }
  return everything(log);
};

const goldenEvents = async (): Promise<readonly Written[]> => {
  const files = ['events', 'retired'].map(async (shapes) => {
    const folder = new URL(`../golden/${shapes}/`, import.meta.url);
    const names = (await readdir(folder)).sort();
    return Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  });
  return (await Promise.all(files)).flat().map((text) => {
    const body: Body = JSON.parse(text);
    return { body, event: decodeEvent(body, 'a golden event') };
  });
};

type Adapter = (test: TestContext) => Promise<CopyTarget>;

/** A log on each adapter, empty, that is told the time. */
const adapters: Readonly<Record<string, Adapter>> = {
  memory: async () => {
    const clock = told();
    return { log: openMemoryLog(undefined, clock.now), recordAt: clock.recordAt, together: 1 };
  },
  embedded: async (test) => {
    const clock = told();
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-copy-'));
    const log = await openEmbeddedLog(join(folder, 'log'), { now: clock.now });
    test.after(async () => {
      await log.close();
      await removeFolder(folder);
    });
    return { log, recordAt: clock.recordAt, together: 256 };
  },
  'event store': async (test) => {
    const clock = told();
    const server = await startEventStoreServer();
    const log = await openEventStoreLog(server.connectionString, { recordedAt: clock.at });
    test.after(async () => {
      await log.close();
      await server.stop();
    });
    return { log, recordAt: clock.recordAt, together: 1 };
  },
};

const told = () => {
  let time: Instant | undefined;
  return {
    at: () => time,
    now: () => (time === undefined ? Date.now() : Date.parse(time)),
    recordAt: (at: Instant) => {
      time = at;
    },
  };
};

const copying = { dryRun: false, progress: () => undefined };

/** A log of memory that holds this. */
const holding = async (events: readonly RecordedEvent[]): Promise<EventLog> => {
  const clock = told();
  const log = openMemoryLog(undefined, clock.now);
  for (const event of events) {
    clock.recordAt(event.recordedAt);
    await recordedBy(log.append(event.stream, event.revision === 0 ? 'none' : event.revision - 1, [event]));
  }
  return log;
};

const everything = (log: EventLog): Promise<readonly RecordedEvent[]> => log.readAll(undefined, 10_000);
const withoutPositions = (events: readonly RecordedEvent[]) => events.map(({ position: _, ...event }) => event);

describe('copying a log', () => {
  for (const [from, openSource] of Object.entries(adapters)) {
    for (const [to, openTarget] of Object.entries(adapters)) {
      it(`brings ids, order and times from ${from} to ${to}, and says so by a digest`, async (test) => {
        const source = await openSource(test);
        await copyLog(await holding(lived), source, copying);
        const target = await openTarget(test);
        const heard: string[] = [];
        const progress = (events: number, what: string) => heard.push(`${events} ${what}`);
        const outcome = await copyLog(source.log, target, { dryRun: false, progress });
        assert.equal(heard.at(-1), `${2 * outcome.events} compared`);
        assert.deepEqual([outcome.events, outcome.copied], [lived.length, lived.length]);
        assert.deepEqual(withoutPositions(await everything(target.log)), withoutPositions(lived));
        const again = await copyLog(source.log, target, copying);
        assert.deepEqual(again, { ...outcome, copied: 0 });
      });
    }
  }

  for (const [to, openTarget] of Object.entries(adapters)) {
    it(`to ${to} goes on where it was broken off`, async (test) => {
      const source = await holding(lived);
      const target = await openTarget(test);
      let appends = 0;
      const breaking: CopyTarget = {
        ...target,
        log: {
          ...target.log,
          append: async (...given) => {
            appends += 1;
            if (appends > 9) throw new Error('the power fails');
            return target.log.append(...given);
          },
        },
      };
      await assert.rejects(copyLog(source, breaking, copying), /the power fails/);
      const held = (await everything(target.log)).length;
      assert.ok(held >= 9 && held < lived.length);
      const { events, copied } = await copyLog(source, target, copying);
      assert.deepEqual([events, copied], [lived.length, lived.length - held]);
      assert.deepEqual(withoutPositions(await everything(target.log)), withoutPositions(lived));
    });
  }

  it('only says what it would do when that is asked', async (test) => {
    const target = await (adapters.memory as Adapter)(test);
    const { copied } = await copyLog(await holding(lived), target, { ...copying, dryRun: true });
    assert.equal(copied, lived.length);
    assert.deepEqual(await everything(target.log), []);
  });

  it('writes nothing to a log that holds anything else, in content, in order, or beyond the end', async () => {
    const other = await holding([]);
    await recordedBy(other.append('upload-other' as StreamName, 'none', [newEvent()]));
    const [first] = lived;
    assert.ok(first);
    const otherTime = { ...first, recordedAt: '2026-01-01T00:00:00.000Z' as Instant };
    for (const held of [await everything(other), [otherTime], [...lived, ...(await everything(other))]]) {
      const target = await holding(held);
      const before = await everything(target);
      await assert.rejects(
        copyLog(await holding(lived), { log: target, recordAt: () => undefined, together: 1 }, copying),
        /^Error: The target is neither empty nor a beginning of the log to be copied: its event \d+ is .*Copy into an empty log$/,
      );
      assert.deepEqual(await everything(target), before);
    }
  });

  it('says so when somebody else writes to the target meanwhile', async (test) => {
    const target = await (adapters.memory as Adapter)(test);
    let appends = 0;
    const shared: EventLog = {
      ...target.log,
      append: async (...given) => {
        appends += 1;
        if (appends === 5) await target.log.append('upload-other' as StreamName, 'none', [newEvent()]);
        return target.log.append(...given);
      },
    };
    await assert.rejects(
      copyLog(await holding(lived), { ...target, log: shared }, copying),
      /^Error: The copy is not what was copied: .*Did somebody else write/,
    );
  });

  it('refuses a log that is fenced', async () => {
    const fenced: EventLog = {
      ...(await holding(lived)),
      state: () => ({ status: 'fenced', head: undefined, reason: 'a record is damaged' }),
    };
    const target = { log: await holding([]), recordAt: () => undefined, together: 1 };
    await assert.rejects(copyLog(fenced, target, copying), /is fenced: a record is damaged/);
  });
});

describe('the same events', () => {
  it('replay to the same state on every adapter', async (test) => {
    for (const life of [lived, ofEachType]) {
      const states: Record<string, string> = {};
      for (const [name, open] of Object.entries(adapters)) {
        const target = await open(test);
        await copyLog(await holding(life), target, copying);
        const { world } = await startProjector(target.log, () => undefined);
        const positions = new Map((await everything(target.log)).map(({ position }, n) => [position, `event ${n}`]));
        assert.equal(world.events, life.length);
        const types = life.map(({ body }) => decodeEvent(body, name).type);
        if (life === ofEachType) assert.deepEqual([...new Set(types)].sort(), Object.keys(eventCodecs).sort());
        states[name] = JSON.stringify(world, (_, value) => plain(value, positions));
      }
      assert.ok((states.memory?.length ?? 0) > 10_000);
      assert.match(states.memory ?? '', /"event \d+"/);
      assert.equal(states.embedded, states.memory);
      assert.equal(states['event store'], states.memory);
    }
  });
});

/** JSON has neither maps nor sets, and each log has positions of its own. */
const plain = (value: unknown, positions: ReadonlyMap<string, string>): unknown => {
  if (value instanceof Map) return [...value].map(([key, one]) => [positions.get(key) ?? key, one]);
  if (value instanceof Set) return [...value];
  return typeof value === 'string' ? (positions.get(value) ?? value) : value;
};
