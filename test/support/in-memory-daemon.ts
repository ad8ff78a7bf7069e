import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { ignoreElements, merge } from 'rxjs';
import { exchangeStore } from '../../src/adapters/file-store/exchange-store.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { expandedLogs } from '../../src/adapters/http/logs/expanded-logs.ts';
import { openLogs } from '../../src/adapters/http/logs/open-logs.ts';
import { readLogs } from '../../src/adapters/http/logs/read-log.ts';
import { type MemoryStore, memoryStore, openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { httpRemotes } from '../../src/adapters/remote/http-remotes.ts';
import { openBuildLog } from '../../src/adapters/sbuild/build-log.ts';
import { boundedShelves } from '../../src/adapters/shelf/bounded-shelf.ts';
import { tarStreamTars } from '../../src/adapters/tar/tar-stream-tars.ts';
import type { ConfigurationEvent } from '../../src/domain/configuration/events.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { type DaemonEvent, decodeEvent, type EventType } from '../../src/domain/event.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import { type Engine, engine } from '../../src/engine.ts';
import type { EngineParts } from '../../src/engine-parts.ts';
import type { Anchors } from '../../src/ports/anchors.ts';
import type { Confinement } from '../../src/ports/builder.ts';
import type { EventLog, Position, RecordedEvent } from '../../src/ports/event-log.ts';
import type { Exchange } from '../../src/ports/exchange.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { Installability } from '../../src/ports/installability.ts';
import type { JournalEntry } from '../../src/ports/journal.ts';
import type { KeyReader, Keyring } from '../../src/ports/keyring.ts';
import type { People } from '../../src/ports/people.ts';
import type { Remotes } from '../../src/ports/remotes.ts';
import type { Because } from '../../src/ports/tell.ts';
import type { ReleaseVerifier, Upstream } from '../../src/ports/upstream.ts';
import type { Wake } from '../../src/ports/waker.ts';
import type { WebhookTargets } from '../../src/ports/webhooks.ts';
import type { World } from '../../src/projections/world.ts';
import type { Fault } from '../../src/reactors/once-each.ts';
import { type FakeArchive, fakeArchive } from './fake-archive.ts';
import { type FakeBuilder, fakeBuilder } from './fake-builder.ts';
import { type FakeChecker, fakeChecker } from './fake-checker.ts';
import { type FakeChroots, fakeChroots } from './fake-chroots.ts';
import { fakeHost } from './fake-host.ts';
import { type FakeIncoming, fakeIncoming } from './fake-incoming.ts';
import { fakeInstallability } from './fake-installability.ts';
import { fakeKeyring } from './fake-keyring.ts';
import { fakeProducts } from './fake-products.ts';
import { type FakeSourceFetcher, fakeSourceFetcher } from './fake-source-fetcher.ts';
import { type FakeSourcePackager, fakeSourcePackager } from './fake-source-packager.ts';
import { fakeUpstream } from './fake-upstream.ts';
import {
  archiveFingerprint,
  commandFor,
  configured,
  ernie,
  instanceConfigured,
  trixieSources,
} from './fixed-examples.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { type MemoryMailer, memoryMailer } from './memory-mailer.ts';
import { memoryPeople } from './memory-people.ts';
import { type FakeCaller, fakeCaller, memoryTargets } from './memory-webhooks.ts';
import { removeFolder } from './remove-folder.ts';
import type { SourceUpload, UploadFile } from './source-upload.ts';

/** What outlives a daemon that is killed: disks, and the world outside. */
export type Machine = {
  /** What the log holds; of a log that stands elsewhere, what it held when the last life ended. */
  readonly store: MemoryStore;
  /** Opens the log for another life. */
  readonly openLog: () => Promise<EventLog>;
  readonly clock: ManualClock;
  /** What the host says of backups. */
  readonly lastBackup?: EngineParts['lastBackup'];
  /** What it is called as a builder; `ernie` where nothing is said. */
  readonly called?: string;
  readonly files: FileStore;
  readonly incoming: FakeIncoming;
  readonly builder: FakeBuilder;
  readonly chroots: FakeChroots;
  readonly checker: FakeChecker;
  readonly checkChroots: FakeChroots;
  readonly archive: FakeArchive;
  readonly upstream: Upstream & ReleaseVerifier;
  /** The way to other instances, what goes there and comes from there, and who builds for them. */
  readonly remotes: Remotes;
  readonly wake?: Wake;
  readonly anchors?: Anchors;
  /** Of builds; where nothing is said they are shut in as they should be. */
  readonly confinement?: Confinement;
  /** Of the disk of its home; where nothing is said there is enough. */
  readonly homeRoom?: EngineParts['homeRoom'];
  readonly exchange: Exchange;
  readonly guests: FakeBuilder;
  readonly guestChecker: FakeChecker;
  readonly scratch: string;
  readonly packager: FakeSourcePackager;
  readonly fetcher: FakeSourceFetcher;
  readonly installability: Installability;
  readonly people: People;
  readonly mailer: MemoryMailer;
  readonly caller: FakeCaller;
  readonly targets: WebhookTargets;
  /** Those in `keys/`. */
  readonly archiveKeys: Fingerprint[];
  /** When those of them end that do. Milliseconds since 1970. */
  readonly keyEnds: Map<Fingerprint, number>;
  /** Archive keys whose primary part somebody took away, after he gave them another subkey. */
  readonly withoutPrimary: Set<Fingerprint>;
  /** Until when (milliseconds since 1970) the log rejects what it is asked to append. */
  readonly outage: { until: number };
  /** Instead of the fake one. */
  readonly keyring?: Keyring & KeyReader;
  /** Whether real parts of it are at work, of which no step tells. */
  readonly isAtWork?: () => boolean;
  /** Others that follow its log, each asked whether something up to this position is still on its way to it. */
  readonly followers: Set<(head: Position) => boolean>;
};

/**
 * A machine with an instance set up on it. `configuration` stands for what its administrator said; `start` in milliseconds since 1970; `elsewhere` is
 * where the log stands, when not in `store`; `equip` gives it real parts instead of fakes.
 */
export const machine = async (
  test: Pick<TestContext, 'after'>,
  configuration: readonly DaemonEvent[] = [...configured, { type: 'EngineStarted' }],
  start?: number,
  elsewhere?: (now: () => number) => Promise<Machine['openLog']>,
  equip: (fake: Machine) => Machine = (fake) => fake,
): Promise<Machine> => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-'));
  // A daemon that a test left alive may still be writing.
  test.after(() => removeFolder(folder));
  const clock = manualClock(start);
  const files = fileStore(join(folder, 'files'), undefined, clock.now);
  const store = memoryStore();
  const exchange = exchangeStore(join(folder, 'exchange'), clock.now);
  const made = equip({
    store,
    openLog: (await elsewhere?.(clock.now)) ?? (async () => openMemoryLog(store, clock.now)),
    clock,
    files,
    incoming: fakeIncoming(join(folder, 'incoming'), clock.now),
    builder: fakeBuilder(files, clock.awake),
    chroots: fakeChroots(),
    checker: fakeChecker(files),
    checkChroots: fakeChroots(),
    archive: fakeArchive(clock),
    upstream: fakeUpstream(),
    remotes: httpRemotes(),
    exchange,
    guests: fakeBuilder(exchange, clock.awake),
    guestChecker: fakeChecker(exchange),
    scratch: join(folder, 'scratch'),
    packager: fakeSourcePackager(files),
    fetcher: fakeSourceFetcher(files),
    installability: fakeInstallability(new Map(trixieSources.map(({ id }) => [id, ['libc6']]))),
    people: memoryPeople(clock.now),
    mailer: memoryMailer(),
    caller: fakeCaller(),
    targets: memoryTargets(),
    archiveKeys: [archiveFingerprint],
    keyEnds: new Map<Fingerprint, number>(),
    withoutPrimary: new Set<Fingerprint>(),
    outage: { until: 0 },
    followers: new Set<(head: Position) => boolean>(),
  });
  const first = await boot(made);
  for (const event of configuration) await first.configure(event);
  await first.kill();
  return made;
};

/** A step is a call that changes something outside the daemon's memory. The power fails before or after the `n`-th. */
export type Fate = { readonly n: number; readonly when: 'before' | 'after' };

/** What a client of FTP gets for one file. */
export type Reply = 'received' | 'connection lost' | 'try later' | Refusal;

export type Daemon = {
  readonly engine: Engine;
  readonly world: World;
  readonly faults: readonly Fault[];
  /** What its journal was told of long work, as `ABOUT: LINE`. */
  readonly told: readonly string[];
  /** Names of the steps taken so far. */
  readonly steps: readonly string[];
  readonly isDead: () => boolean;
  /** Sends one file within a session, and waits for the answer. */
  readonly receives: (file: UploadFile, session?: string) => Promise<Reply>;
  /** dput: one file after the other, the `.changes` last. */
  readonly uploads: (upload: SourceUpload) => Promise<readonly Reply[]>;
  readonly configure: (event: DaemonEvent) => Promise<void>;
  /** Waits, letting time pass, until the world is as asked; false when the daemon died before that. */
  readonly until: (asked: (world: World) => boolean) => Promise<boolean>;
  /** Waits until nothing is under way and nothing is owed for now. */
  readonly rests: () => Promise<void>;
  /** The power fails: nothing of this life has any effect from now on. Resolves when no step of it is under way. */
  readonly kill: () => Promise<void>;
};

/** Starts a daemon on the machine, in the order of `main.ts`. */
export const boot = async (on: Machine, fate?: Fate, room = 4): Promise<Daemon> => {
  const life = lifeOf(fate);
  const log = await on.openLog();
  const append: EventLog['append'] = async (...given) => {
    if (on.clock.now() < on.outage.until) throw new Error('the log is away');
    return log.append(...given);
  };
  const faults: Fault[] = [];
  const told: string[] = [];
  const keyring = on.keyring ?? fakeKeyring(undefined, on.archiveKeys, on.keyEnds, on.withoutPrimary);
  const parts: EngineParts = {
    log: { ...log, readStream: life.reading(log.readStream), append: life.step('log.append', append) },
    files: {
      ...on.files,
      put: life.step('files.put', on.files.put),
      adopt: life.step('files.adopt', on.files.adopt),
      remove: life.step('files.remove', on.files.remove),
      letGo: life.step('files.letGo', on.files.letGo),
    },
    incoming: { list: on.incoming.list, drop: life.step('incoming.drop', on.incoming.drop) },
    keyring: {
      ...keyring,
      newArchiveKey: life.step('keyring.newArchiveKey', keyring.newArchiveKey),
      prolong: life.step('keyring.prolong', keyring.prolong),
    },
    people: on.people,
    mailer: { send: life.step('mailer.send', on.mailer.send) },
    webhooks: { targets: on.targets, caller: { call: life.step('webhook.call', on.caller.call) } },
    builder: { ...on.builder, build: life.step('builder.build', on.builder.build) },
    upstream: on.upstream,
    host: fakeHost(),
    remotes: {
      ...on.remotes,
      deliver: life.step('remotes.deliver', on.remotes.deliver),
    },
    exchange: {
      ...on.exchange,
      put: life.step('exchange.put', on.exchange.put),
      adopt: life.step('exchange.adopt', on.exchange.adopt),
    },
    guests: { ...on.guests, build: life.step('guests.build', on.guests.build) },
    guestChecker: { check: life.step('guests.check', on.guestChecker.check) },
    tars: tarStreamTars(),
    products: fakeProducts(on.files),
    readLogs: (logs) =>
      readLogs(openLogs(logs, on.files, expandedLogs(join(on.scratch, 'logs'), on.files, boundedShelves()).open)),
    openLog: (name) => openBuildLog(join(on.scratch, `${name}.log`), 1_000_000),
    scratch: on.scratch,
    leaseMs: 600_000,
    nodeLeaseMs: 60_000,
    chroots: { ...on.chroots, prepare: life.step('chroots.prepare', on.chroots.prepare) },
    packager: { repack: life.step('packager.repack', on.packager.repack) },
    fetcher: {
      dsc: life.step('fetcher.dsc', on.fetcher.dsc),
      beside: life.step('fetcher.beside', on.fetcher.beside),
    },
    checker: { check: life.step('checker.check', on.checker.check) },
    checkChroots: { ...on.checkChroots, prepare: life.step('chroots.prepare', on.checkChroots.prepare) },
    archive: {
      ...on.archive,
      publish: life.step('archive.publish', on.archive.publish),
      remove: life.step('archive.remove', on.archive.remove),
      tidyPool: life.step('archive.tidyPool', on.archive.tidyPool),
    },
    installability: on.installability,
    clock: on.clock,
    wake: on.wake,
    place: { builder: on.called ?? ernie, room, tags: [] },
    lastBackup: on.lastBackup,
    homeRoom: on.homeRoom,
    confinement: on.confinement ?? { network: true, processes: true, bounds: true },
    anchors: on.anchors ?? (async () => ''),
    certificate: () => undefined,
    version: '0.1.0',
    journal: { last: (lines) => faults.slice(-lines).map(asEntry) },
    ownUrl: 'http://127.0.0.1:8066',
    timeouts: { buildSeconds: 3600, silenceSeconds: 600, incomingMs: 3_600_000 },
    progress: (about, line) => told.push(`${about}: ${line}`),
  };
  const tied = await engine(parts);
  life.isBehind = () => {
    const { head } = log.state();
    if (head === undefined) return false;
    return (tied.world.position ?? '') < head || [...on.followers].some((lacks) => lacks(head));
  };
  const work = merge(tied.world$.pipe(ignoreElements()), tied.duties$).subscribe({
    next: (fault) => faults.push(fault),
    error: (error) => life.fail(error),
  });
  life.onDeath(() => work.unsubscribe());
  await life.orDeath(say(tied.world.configuration.instance ?? instanceConfigured, tied));
  await life.orDeath(tied.recover());
  await life.orDeath(tied.reception.resume());

  const keep = life.step('incoming.keep', on.incoming.keep);
  const receive = async (file: UploadFile, session: string): Promise<Reply> => {
    const { receivedAt, ...kept } = await keep(file.name, file.bytes);
    return (await tied.reception.receive({ ...kept, session, door: 'ftp' })) ?? 'received';
  };
  const receives: Daemon['receives'] = async (file, session = 'a session') =>
    (await life.orDeath(receive(file, session).catch(() => 'try later' as const))) ?? 'connection lost';

  let killed: Promise<void> | undefined;
  const kill = async (): Promise<void> => {
    life.die();
    await life.ended();
    for (
      let turn = 0;
      turn < idleTurns || [on.builder, on.guests, on.checker, on.guestChecker].some((each) => each.isAtWork());
      turn += 1
    )
      await new Promise(setImmediate);
    on.store.events.splice(0, Number.POSITIVE_INFINITY, ...(await everything(log)));
    on.builder.loseAll();
    on.guests.loseAll();
  };

  return {
    engine: tied,
    world: tied.world,
    faults,
    told,
    steps: life.taken,
    isDead: life.isDead,
    receives,
    uploads: async ({ files, changes }) => {
      const replies: Reply[] = [];
      for (const file of [...files, changes]) replies.push(await receives(file, `dput of ${changes.name}`));
      return replies;
    },
    configure: async (event) => {
      await life.orDeath(say(event, tied));
    },
    until: (asked) => settle(() => asked(tied.world), life, on),
    rests: () => quiet(life, on),
    kill: () => {
      killed ??= kill();
      return killed;
    },
  };
};

/** The journal of this daemon holds its faults. */
const asEntry = ({ duty, item, error }: Fault): JournalEntry => ({
  at: 0,
  level: 'warn',
  message: 'tried again later',
  details: { duty, item, error: String(error) },
});

const say = async (event: DaemonEvent, { tell }: Engine): Promise<void> => {
  const told = await tell(commandFor(event as ConfigurationEvent), administrator);
  assert.ok(!isLeft(told));
};

const administrator: Because = {
  actor: { kind: 'administrator', name: 'example' },
  causedBy: undefined,
  correlation: 'example',
};

/** Steps that may wait for time to pass. */
const takeTheirTime: ReadonlySet<string> = new Set([
  'builder.build',
  'guests.build',
  'guests.check',
  'checker.check',
  'chroots.prepare',
  'archive.publish',
]);

/** One life of a daemon: counts its steps and ends at the one that fate names. */
const lifeOf = (fate: Fate | undefined) => {
  const taken: string[] = [];
  const underWay = new Set<Promise<unknown>>();
  const lastWords: (() => void)[] = [];
  let dead = false;
  let failure: unknown;
  const { promise: death, resolve: announce } = Promise.withResolvers<undefined>();
  const never = new Promise<never>(() => {});

  const die = (): void => {
    if (dead) return;
    dead = true;
    for (const say of lastWords) say();
    announce(undefined);
  };

  const step =
    <Given extends readonly unknown[], Result>(name: string, effect: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      if (dead) return never;
      taken.push(name);
      const isLast = fate?.n === taken.length;
      if (isLast && fate.when === 'before') {
        die();
        return never;
      }
      const done = effect(...given);
      if (!takeTheirTime.has(name)) underWay.add(done);
      try {
        const result = await done;
        if (isLast) die();
        return dead ? never : result;
      } catch (error) {
        if (dead) return never;
        throw error;
      } finally {
        underWay.delete(done);
      }
    };

  /** No step, and it may have far to go. */
  const reading =
    <Given extends readonly unknown[], Result>(read: (...given: Given) => Promise<Result>) =>
    (...given: Given): Promise<Result> => {
      const done = read(...given).finally(() => underWay.delete(done));
      underWay.add(done);
      return done;
    };

  const self = {
    taken,
    step,
    reading,
    die,
    isDead: () => dead,
    isBusy: () => underWay.size > 0 || self.isBehind(),
    /** Whether events are on their way to the daemon, or to those who follow its log. */
    isBehind: () => false,
    onDeath: (say: () => void) => lastWords.push(say),
    fail: (error: unknown) => {
      failure = error;
    },
    check: () => {
      if (failure !== undefined) throw failure;
    },
    /** `undefined` when death comes first. */
    orDeath: <A>(work: Promise<A>): Promise<A | undefined> => Promise.race([work, death]),
    ended: async () => {
      await Promise.allSettled(underWay);
    },
  };
  return self;
};

const everything = async (log: EventLog): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for (
    let page = await log.readAll(undefined, 1000);
    page.length > 0;
    page = await log.readAll(events.at(-1)?.position, 1000)
  )
    events.push(...page);
  return events;
};

type Life = ReturnType<typeof lifeOf>;

/** Turns of the event loop without a step under way after which nothing more will come of itself. */
const idleTurns = 12;
const mostTurns = 20_000;

/** Files are read for real, and reading is no step: it takes what time it takes. */
const isReading = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));

/** What keeps busy for longer than this takes the time of this machine, and needs a processor more than to be looked at. */
const hurriedTurns = 1000;

const quiet = async (life: Life, on: Machine): Promise<void> => {
  const { builder, guests, checker, guestChecker } = on;
  let idle = 0;
  let busy = 0;
  for (let turn = 0; idle < idleTurns && turn < mostTurns && !life.isDead(); turn += 1) {
    const before = life.taken.length;
    const isLong = busy > hurriedTurns && idle === 0;
    await (isLong || on.isAtWork?.() || life.isBehind() ? pause(1) : new Promise(setImmediate));
    life.check();
    const isAtWork = [builder, guests, checker, guestChecker, on].some((each) => each.isAtWork?.());
    const isBusy = life.isBusy() || isReading() || isAtWork;
    idle = isBusy || life.taken.length > before ? 0 : idle + 1;
    if (idle === 0) busy += 1;
  }
};

/** How much time passes, in seconds, before it passes no faster than this machine can keep up with. */
const mostSeconds = 600;

const settle = async (asked: () => boolean, life: Life, on: Machine): Promise<boolean> => {
  const isOver = (): boolean => asked() || life.isDead();
  const goOn = async (): Promise<void> => {
    await quiet(life, on);
    if (!isOver()) on.clock.advance(1000);
  };
  for (let passed = 0; passed < mostSeconds && !isOver(); passed += 1) await goOn();
  assert.ok(await comes(isOver, goOn), `what was waited for did not come; steps: ${life.taken.join(' ')}`);
  return asked();
};

/**
 * What goes over sockets takes the time of this machine, whatever clocks say; `goOn` is done between looks. False when it did not come within
 * half a minute.
 */
export const comes = async (asked: () => boolean, goOn: () => Promise<void>): Promise<boolean> => {
  for (const end = Date.now() + 30_000; !asked(); await pause(10)) {
    if (Date.now() > end) return false;
    await goOn();
  }
  return true;
};

/** Everything the log holds, of one type. */
export const eventsOf = <T extends EventType>(
  { store }: Machine,
  type: T,
): readonly Extract<DaemonEvent, { type: T }>[] =>
  store.events
    .map(({ body, position }) => decodeEvent(body, position))
    .filter((event): event is Extract<DaemonEvent, { type: T }> => event.type === type);
