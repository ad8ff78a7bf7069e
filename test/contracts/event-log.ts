import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left } from 'fp-ts/lib/Either.js';
import { distinct, firstValueFrom, take, timeout, toArray } from 'rxjs';
import { sealedLine } from '../../src/app/seals/sealed-line.ts';
import type { EventId, StreamName } from '../../src/domain/ids.ts';
import {
  type Body,
  countedBytes,
  type EventLog,
  type ExpectedRevision,
  mostBytes,
  type NewEvent,
  type Position,
  type RecordedEvent,
  TooMuchAtOnce,
} from '../../src/ports/event-log.ts';

/** A log of its own for one test, and what the test may do to it. */
export type LogUnderTest = {
  readonly log: EventLog;
  /** Closes `log` and opens another on the same store. `dispose` closes that one too. */
  readonly reopen: () => Promise<EventLog>;
  /** Cuts the connection below the log, as a restarting server would; the store comes back by itself. */
  readonly severConnection?: () => Promise<void>;
  /** Closes the log and removes its store. */
  readonly dispose: () => Promise<void>;
};

/** What the promises of `src/ports/event-log.ts` mean. Every adapter passes this; `severs` says it has a connection to cut. */
export const eventLogContract = (
  name: string,
  open: () => Promise<LogUnderTest>,
  { severs = false }: { readonly severs?: boolean } = {},
): void => {
  describe(`${name}, as an event log`, () => {
    let subject: LogUnderTest;
    let log: EventLog;
    beforeEach(async () => {
      subject = await open();
      log = subject.log;
    });
    afterEach(() => subject.dispose());

    describe('appending', () => appending(() => log));
    describe('reading', () => reading(() => log));
    describe('following', () => following(() => log));
    describe('asking history', () => askingHistory(() => log));
    describe('closing and opening', () => closing(() => subject));
    if (severs) describe('losing its connection', () => losingConnection(() => subject));
  });
};

const appending = (log: () => EventLog): void => {
  it('gives back what it recorded, revisions counting from 0 and positions ascending', async () => {
    const events = [event('UploadReceived'), event('UploadAccepted')];
    const recorded = recordedOf(await log().append(hello, 'none', events));
    assert.deepEqual(
      recorded.map(({ id, stream, revision }) => ({ id, stream, revision })),
      events.map(({ id }, revision) => ({ id, stream: hello, revision })),
    );
    assertAscending(recorded);
  });

  it('keeps the whole event: body, actor, cause, correlation and subject', async () => {
    const caused: NewEvent = {
      id: id(),
      body: { type: 'UploadRejected', fact: 'Grüße "\\"   \u2028 🐧', lines: ['a', null, 1.5, { deep: [] }] } as Body,
      actor: { kind: 'key', name: '0123456789ABCDEF' },
      causedBy: id(),
      correlation: '01J00000000000000000000000',
      subject: { package: 'hello', distribution: 'trixie-acme-unstable' },
    };
    const uncaused: NewEvent = { ...caused, id: id(), causedBy: undefined, subject: {} };
    const recorded = recordedOf(await log().append(hello, 'none', [caused, uncaused]));
    const read = await log().readStream(hello);
    assert.deepEqual(read, recorded);
    assert.deepEqual(read.map(asNew), [caused, uncaused]);
  });

  it('takes the next events at the revision of the last', async () => {
    await append(log(), hello, 'none', 2);
    const [third] = await append(log(), hello, 1, 1);
    assert.equal(third?.revision, 2);
  });

  it('refuses what expects the stream elsewhere, and records nothing of it', async () => {
    await append(log(), hello, 'none', 2);
    for (const expected of ['none', 0, 2, 7] as const) {
      assert.deepEqual(await log().append(hello, expected, [event(), event()]), left('conflict'), `${expected}`);
    }
    assert.deepEqual(await log().append(world, 0, [event()]), left('conflict'));
    assert.equal((await log().readAll(undefined, 100)).length, 2);
  });

  it('takes nothing as nothing', async () => {
    assert.deepEqual(recordedOf(await log().append(hello, 'none', [])), []);
    assert.deepEqual(await log().readStream(hello), []);
  });

  it('resolves a repeated append as the first time', async () => {
    const first = [event(), event()];
    const recorded = recordedOf(await log().append(hello, 'none', first));
    assert.deepEqual(recordedOf(await log().append(hello, 'none', first)), recorded);
    await append(log(), hello, 1, 1);
    assert.deepEqual(recordedOf(await log().append(hello, 'none', first)), recorded);
    assert.equal((await log().readStream(hello)).length, 3);
  });

  it('resolves two equal appends at the same time alike, and records one', async () => {
    const events = [event(), event()];
    const [one, two] = await Promise.all([log().append(hello, 'none', events), log().append(hello, 'none', events)]);
    assert.deepEqual(recordedOf(one), recordedOf(two));
    assert.equal((await log().readAll(undefined, 100)).length, 2);
  });

  it('lets exactly one of two writers win', async () => {
    const outcomes = await Promise.all([
      log().append(hello, 'none', [event()]),
      log().append(hello, 'none', [event()]),
      log().append(hello, 'none', [event()]),
    ]);
    assert.equal(outcomes.filter(isLeft).length, 2);
    assert.equal((await log().readStream(hello)).length, 1);
  });

  it('lets the conflict of one writer leave all others alone', async () => {
    await append(log(), hello, 'none', 1);
    const streams = Array.from({ length: 20 }, (_, n) => `upload-n${n}` as StreamName);
    const outcomes = await Promise.all(
      streams.flatMap((stream) => [log().append(stream, 'none', [event()]), log().append(hello, 'none', [event()])]),
    );
    assert.deepEqual(
      outcomes.map(isLeft),
      streams.flatMap(() => [false, true]),
    );
    assert.equal((await log().readAll(undefined, 100)).length, 21);
  });

  it('takes as much at once as there may be, and refuses a byte more without recording anything', async () => {
    for (const expected of ['none', 7] as const)
      await assert.rejects(log().append(hello, expected, asMuchAs(mostBytes + 1)), TooMuchAtOnce);
    assert.deepEqual(await log().readStream(hello), []);
    assert.deepEqual(log().state(), { status: 'writable', head: undefined, notices: [] });
    const most = asMuchAs(mostBytes);
    const recorded = recordedOf(await log().append(hello, 'none', most));
    assert.deepEqual(await log().readStream(hello), recorded);
    assert.deepEqual(recorded.map(asNew), most);
  });

  it('never records a time before that of the event before', async () => {
    for (let n = 0; n < 5; n += 1) await append(log(), `upload-n${n}` as StreamName, 'none', 2);
    const times = (await log().readAll(undefined, 100)).map(({ recordedAt }) => recordedAt);
    assert.match(times[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(times, times.toSorted());
  });

  it('knows its head', async () => {
    assert.deepEqual(log().state(), { status: 'writable', head: undefined, notices: [] });
    const recorded = await append(log(), hello, 'none', 3);
    assert.equal(log().state().head, recorded.at(-1)?.position);
  });

  it('agrees with a model, however appends interleave', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(attempts, async (rounds) => {
        run += 1;
        await agreesWithModel(log(), run, rounds);
      }),
      { numRuns: 15 },
    );
  });
};

const reading = (log: () => EventLog): void => {
  it('finds nothing in a stream that does not exist', async () => {
    assert.deepEqual(await log().readStream(hello), []);
    assert.deepEqual(await log().readAll(undefined, 10), []);
  });

  it('reads a stream of more than a thousand events whole', async () => {
    for (let n = 0; n < 3; n += 1) await append(log(), hello, n === 0 ? 'none' : n * 400 - 1, 400);
    await append(log(), world, 'none', 1);
    const revisions = (await log().readStream(hello)).map(({ revision }) => revision);
    assert.deepEqual(
      revisions,
      Array.from({ length: 1200 }, (_, n) => n),
    );
  });

  it('reads everything in pages, oldest first, and nothing at the end', async () => {
    await append(log(), hello, 'none', 3);
    await append(log(), world, 'none', 2);
    await append(log(), hello, 2, 2);
    const pages = [];
    for (let after: Position | undefined; ; ) {
      const page = await log().readAll(after, 3);
      if (page.length === 0) break;
      pages.push(page);
      after = page.at(-1)?.position;
    }
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1],
    );
    assert.deepEqual(
      pages.flat().map(({ stream, revision }) => `${stream} ${revision}`),
      [0, 1, 2].map(onHello).concat([0, 1].map(onWorld), [3, 4].map(onHello)),
    );
    assertAscending(pages.flat());
  });

  it('gives an event in the same line for seals, however it is read', async () => {
    const fact = 'ö \u2028 "\ud83d\ude00"';
    const body = { type: 'UploadReceived', fact, numbers: [1.5, { b: null, a: '', '10': 1, '9': 2 }] };
    const told = { ...event(), body };
    const recorded = recordedOf(await log().append(hello, 'none', [told]));
    const [line] = recorded.map(sealedLine);
    assert.deepEqual(Object.keys(JSON.parse(line ?? '')).sort(), lineFields);
    for (const found of [
      await log().readStream(hello),
      await log().readAll(undefined, 1),
      await log().query({ limit: 1 }),
    ])
      assert.deepEqual(found.map(sealedLine), [line]);
    assert.equal(sealedLine(await firstValueFrom(log().follow(undefined))), line);
  });
};

const lineFields = ['actor', 'body', 'correlation', 'id', 'recordedAt', 'revision', 'stream', 'subject'];

const following = (log: () => EventLog): void => {
  it('brings the past, then the future, in order and without a gap', async () => {
    await append(log(), hello, 'none', 5);
    const followed = gather(log(), undefined, 10);
    await append(log(), world, 'none', 5);
    assert.deepEqual(await followed, await log().readAll(undefined, 100));
  });

  it('begins after the given position', async () => {
    const recorded = await append(log(), hello, 'none', 5);
    assert.deepEqual(await gather(log(), recorded[2]?.position, 2), recorded.slice(3));
  });

  it('misses nothing that is appended while it catches up', async () => {
    for (let n = 0; n < 6; n += 1) await append(log(), `upload-p${n}` as StreamName, 'none', 300);
    const followed = gather(log(), undefined, 1_850);
    await Promise.all(Array.from({ length: 50 }, (_, n) => append(log(), `upload-l${n}` as StreamName, 'none', 1)));
    assert.deepEqual(await followed, await readWhole(log()));
  });

  it('serves several followers, each from its own place', async () => {
    const [first] = await append(log(), hello, 'none', 2);
    const both = [gather(log(), undefined, 4), gather(log(), first?.position, 3)];
    await append(log(), world, 'none', 2);
    const all = await log().readAll(undefined, 10);
    assert.deepEqual(await Promise.all(both), [all, all.slice(1)]);
  });
};

const askingHistory = (log: () => EventLog): void => {
  const fill = async (): Promise<readonly RecordedEvent[]> => {
    const about = (type: string, over: Partial<NewEvent>) => ({ ...event(type), ...over });
    const unstable = { package: 'hello', distribution: 'trixie-acme-unstable' };
    const acme = { kind: 'account', name: 'acme' } as const;
    await log().append(hello, 'none', [
      about('UploadReceived', { subject: unstable, actor: acme }),
      about('UploadAccepted', { subject: unstable, correlation: 'c1' }),
    ]);
    await log().append(world, 'none', [
      about('UploadReceived', { subject: { package: 'world', distribution: 'trixie-acme-unstable' } }),
      about('UploadRejected', { subject: { package: 'world' }, actor: acme, correlation: 'c1' }),
    ]);
    return log().readAll(undefined, 100);
  };

  it('finds by stream, type, package, distribution, actor and correlation, newest first', async () => {
    const [received, accepted, worldReceived, rejected] = await fill();
    const ask = (query: object) => log().query({ ...query, limit: 10 });
    assert.deepEqual(await ask({}), [rejected, worldReceived, accepted, received]);
    assert.deepEqual(await ask({ stream: hello }), [accepted, received]);
    assert.deepEqual(await ask({ type: 'UploadReceived' }), [worldReceived, received]);
    assert.deepEqual(await ask({ package: 'world' }), [rejected, worldReceived]);
    assert.deepEqual(await ask({ distribution: 'trixie-acme-unstable' }), [worldReceived, accepted, received]);
    assert.deepEqual(await ask({ actor: 'acme' }), [rejected, received]);
    assert.deepEqual(await ask({ correlation: 'c1' }), [rejected, accepted]);
    assert.deepEqual(await ask({ type: 'UploadReceived', actor: 'acme' }), [received]);
    assert.deepEqual(await ask({ package: 'nowhere' }), []);
    assert.deepEqual(await ask({ package: "'; DROP TABLE events; --" }), []);
  });

  it('finds what answers to both of any two filters', async () => {
    const all = await fill();
    const told = all.map((event) => ({
      event,
      stream: event.stream,
      type: event.body.type,
      actor: event.actor.name,
      correlation: event.correlation,
      ...event.subject,
    }));
    const names = ['stream', 'type', 'package', 'distribution', 'actor', 'correlation'] as const;
    const pairs = names.flatMap((one, n) => names.slice(n + 1).map((other) => [one, other] as const));
    for (const [one, other] of pairs) {
      for (const { [one]: here, [other]: there } of told) {
        if (here === undefined || there === undefined) continue;
        const both = told.filter((each) => each[one] === here && each[other] === there).map(({ event }) => event);
        const found = await log().query({ [one]: here, [other]: there, limit: 10 });
        assert.deepEqual(found, both.toReversed(), `${one} ${here}, ${other} ${there}`);
      }
    }
  });

  it('pages backwards by before and forwards by after, which wins', async () => {
    const [received, accepted, worldReceived, rejected] = await fill();
    assert.ok(received && accepted && worldReceived && rejected);
    assert.deepEqual(await log().query({ limit: 2 }), [rejected, worldReceived]);
    assert.deepEqual(await log().query({ before: worldReceived.position, limit: 1 }), [accepted]);
    assert.deepEqual(await log().query({ after: received.position, limit: 2 }), [accepted, worldReceived]);
    assert.deepEqual(
      await log().query({ after: accepted.position, before: accepted.position, stream: world, limit: 9 }),
      [worldReceived, rejected],
    );
  });

  it('finds by time: from the one instant on, until before the other', async () => {
    const all = await fill();
    const [first] = all;
    assert.ok(first);
    const at = ({ recordedAt }: RecordedEvent) => recordedAt;
    const matching = (from: string, until: string) =>
      all.filter((one) => from <= at(one) && at(one) < until).map(({ position }) => position);
    const later = new Date(Date.parse(all.map(at).toSorted().at(-1) ?? '') + 1).toISOString();
    for (const [from, until] of [
      [at(first), later],
      [at(first), at(first)],
      [later, '9999-12-31T23:59:59.999Z'],
      ['1970-01-01T00:00:00.000Z', at(first)],
    ] as const) {
      const found = await log().query({
        from: from as RecordedEvent['recordedAt'],
        until: until as RecordedEvent['recordedAt'],
        limit: 10,
      });
      assert.deepEqual(found.map(({ position }) => position).toReversed(), matching(from, until), `${from} ${until}`);
    }
  });
};

const closing = (subject: () => LogUnderTest): void => {
  it('holds after opening again what it held before', async () => {
    await append(subject().log, hello, 'none', 3);
    const before = await subject().log.readAll(undefined, 10);
    const again = await subject().reopen();
    assert.deepEqual(await again.readAll(undefined, 10), before);
    assert.equal(again.state().head, before.at(-1)?.position);
    const more = await append(again, hello, 2, 1);
    assertAscending([...before, ...more]);
  });

  it('recognises a repeated append after opening again', async () => {
    const events = [event(), event()];
    const recorded = recordedOf(await subject().log.append(hello, 'none', events));
    const again = await subject().reopen();
    assert.deepEqual(recordedOf(await again.append(hello, 'none', events)), recorded);
  });

  it('waits for appends under way, then refuses others and ends what follows', async () => {
    const { log } = subject();
    const followed = firstValueFrom(log.follow(undefined).pipe(toArray(), timeout(patience)));
    const underway = Array.from({ length: 10 }, (_, n) => log.append(`upload-n${n}` as StreamName, 'none', [event()]));
    await log.close();
    for (const outcome of await Promise.all(underway)) recordedOf(outcome);
    await followed;
    await assert.rejects(log.append(hello, 'none', [event()]));
    await log.close();
    const again = await subject().reopen();
    assert.equal((await again.readAll(undefined, 100)).length, 10);
  });
};

const losingConnection = (subject: () => LogUnderTest): void => {
  const sever = async (): Promise<void> => {
    const cut = subject().severConnection;
    assert.ok(cut, 'the adapter says that its connection can be cut');
    await cut();
  };

  it('goes on following where it was', async () => {
    const { log } = subject();
    await append(log, hello, 'none', 3);
    const followed = gather(log, undefined, 6);
    await sever();
    await insist(log, world, [event(), event(), event()]);
    assert.deepEqual(await followed, await log.readAll(undefined, 100));
  });

  it('records once what is appended again because its outcome was unknown', async () => {
    const { log } = subject();
    const events = [event(), event()];
    const outcome = log.append(hello, 'none', events).catch(() => undefined);
    await sever();
    await outcome;
    await insist(log, hello, events);
    assert.deepEqual((await log.readStream(hello)).map(asNew), events);
  });
};

/** No wait in these tests is longer, milliseconds. */
const patience = 20_000;

const hello = 'upload-hello' as StreamName;
const world = 'upload-world' as StreamName;
const onHello = (revision: number): string => `${hello} ${revision}`;
const onWorld = (revision: number): string => `${world} ${revision}`;

const id = (): EventId => randomUUID() as EventId;

const event = (type = 'UploadReceived'): NewEvent => ({
  id: id(),
  body: { type },
  actor: { kind: 'duty', name: 'judge-uploads' },
  causedBy: undefined,
  correlation: 'c0',
  subject: {},
});

/** Events that count as exactly so many bytes: short ones, where what is around them weighs most, and a long one. */
const asMuchAs = (bytes: number): readonly NewEvent[] => {
  const short = Array.from({ length: 600 }, () => event());
  const filled = (length: number): NewEvent => ({ ...event(), body: { type: 'X', fact: 'x'.repeat(length) } as Body });
  const missing = bytes - countedBytes([...short, filled(0)].map((each) => JSON.stringify(each)));
  return [...short, filled(missing)];
};

const asNew = ({ id, body, actor, causedBy, correlation, subject }: RecordedEvent): NewEvent => ({
  id,
  body,
  actor,
  causedBy,
  correlation,
  subject,
});

const recordedOf = (outcome: Either<'conflict', readonly RecordedEvent[]>): readonly RecordedEvent[] => {
  assert.ok(!isLeft(outcome), 'the append was refused as a conflict');
  return outcome.right;
};

const append = async (
  log: EventLog,
  stream: StreamName,
  expected: ExpectedRevision,
  count: number,
): Promise<readonly RecordedEvent[]> =>
  recordedOf(
    await log.append(
      stream,
      expected,
      Array.from({ length: count }, () => event()),
    ),
  );

/** Appends to a new stream until an attempt is answered: each rejection leaves the outcome unknown. */
const insist = async (log: EventLog, stream: StreamName, events: readonly NewEvent[]): Promise<void> => {
  for (const deadline = Date.now() + patience; ; ) {
    try {
      recordedOf(await log.append(stream, 'none', events));
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setImmediate();
    }
  }
};

const gather = (log: EventLog, after: Position | undefined, count: number): Promise<readonly RecordedEvent[]> =>
  firstValueFrom(
    log.follow(after).pipe(
      distinct(({ position }) => position),
      take(count),
      toArray(),
      timeout(patience),
    ),
  );

const readWhole = async (log: EventLog): Promise<readonly RecordedEvent[]> => {
  const all: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readAll(all.at(-1)?.position, 1000);
    if (page.length === 0) return all;
    all.push(...page);
  }
};

const assertAscending = (events: readonly RecordedEvent[]): void => {
  const positions = events.map(({ position }) => position);
  assert.deepEqual(positions, [...new Set(positions)].toSorted());
};

type Attempt = { readonly stream: number; readonly off: number; readonly count: number };

/** Rounds of appends at the same time; `off` is how far beside the stream's end of before the round they expect it. */
const attempts: fc.Arbitrary<readonly (readonly Attempt[])[]> = fc.array(
  fc.array(
    fc.record({
      stream: fc.nat(2),
      off: fc.constantFrom(0, 0, 0, -1, 1),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 6 },
  ),
  { maxLength: 4 },
);

/** In each round and stream, of the appends that expected its end exactly one wins; the log holds the winners' events and no others. */
const agreesWithModel = async (log: EventLog, run: number, rounds: readonly (readonly Attempt[])[]): Promise<void> => {
  const streams = [0, 1, 2].map((n) => `upload-r${run}s${n}` as StreamName);
  const model: EventId[][] = streams.map(() => []);
  for (const round of rounds) {
    const lengths = model.map(({ length }) => length);
    const outcomes = await Promise.all(
      round.map(async ({ stream, off, count }) => {
        const length = Math.max(0, (lengths[stream] ?? 0) + off);
        const events = Array.from({ length: count }, () => event());
        const name = streams[stream] as StreamName;
        const outcome = await log.append(name, length === 0 ? 'none' : length - 1, events);
        return { stream, length, events, won: !isLeft(outcome) };
      }),
    );
    for (const { stream, length, events, won } of outcomes.toSorted((a, b) => a.length - b.length)) {
      if (!won) continue;
      assert.equal(length, model[stream]?.length, 'a winner expected the stream where it stood');
      model[stream]?.push(...events.map(({ id }) => id));
    }
    for (const [stream, length] of lengths.entries()) {
      const entitled = outcomes.filter((one) => one.stream === stream && one.length === length);
      if (entitled.length > 0)
        assert.ok(
          entitled.some(({ won }) => won),
          'one of those who were right won',
        );
    }
  }
  for (const [n, stream] of streams.entries()) {
    const read = await log.readStream(stream);
    assert.deepEqual(
      read.map(({ id }) => id),
      model[n],
    );
    assert.deepEqual(
      read.map(({ revision }) => revision),
      read.map((_, revision) => revision),
    );
  }
};
