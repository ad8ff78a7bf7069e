import { isLeft } from 'fp-ts/lib/Either.js';
import type { Subscription } from 'rxjs';
import type { Architecture } from '../../src/domain/debian/names.ts';
import type { DiskRoom } from '../../src/domain/disk-room.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import { type NodeEngine, nodeEngine } from '../../src/node-engine.ts';
import type { EventLog, Position } from '../../src/ports/event-log.ts';
import type { Fault } from '../../src/reactors/once-each.ts';
import { callsUnderWay } from './calls-under-way.ts';
import { type FakeBuilder, fakeBuilder } from './fake-builder.ts';
import { type FakeChecker, fakeChecker } from './fake-checker.ts';
import { type FakeChroots, fakeChroots } from './fake-chroots.ts';
import { amd64 } from './fixed-examples.ts';
import type { Daemon, Machine } from './in-memory-daemon.ts';

/** A builder node in this process, on the log and the clock of an instance; its files are that one's. */
export type MemoryNode = {
  readonly name: NodeName;
  readonly engine: NodeEngine;
  readonly builder: FakeBuilder;
  readonly checker: FakeChecker;
  readonly chroots: FakeChroots;
  readonly faults: readonly Fault[];
  /** Why it may not work any more. */
  readonly lost: () => string | undefined;
  /** The log is out of its reach, and nothing else is. */
  readonly loseLog: () => void;
  readonly findLog: () => void;
  /** Cut off, or stopped: nothing of it is heard, and nothing comes to it, until it wakes up. */
  readonly sleep: () => void;
  readonly wake: () => void;
  /** Nothing of this life has any effect from now on. */
  readonly kill: () => void;
};

/** Adds a node, as an administrator does. */
export const addNode = async (daemon: Daemon, name: string): Promise<NodeName> => {
  const added = await daemon.engine.api.run(
    'node',
    { action: 'add', node: name },
    { privilege: 'admin', actor: { kind: 'account', name: '00000000000000ad' }, shown: 'password' },
  );
  if (isLeft(added)) throw new Error(JSON.stringify(added.left));
  return name as NodeName;
};

/** Begins to work as a node that was added; `hears` is who is told that it lives. */
export const startNode = async (
  on: Machine,
  name: NodeName,
  hears: () => Daemon,
  {
    room = 2,
    architectures = [amd64],
    hasTools = true,
    homeRoom,
  }: {
    readonly room?: number;
    readonly architectures?: readonly Architecture[];
    /** Without them its chroots for checks are never done. */
    readonly hasTools?: boolean;
    /** How much room there is on its disk. */
    readonly homeRoom?: () => DiskRoom | undefined;
  } = {},
): Promise<MemoryNode> => {
  const log = await on.openLog();
  const [builder, checker, chroots, checkChroots] = [
    fakeBuilder(on.files),
    fakeChecker(on.files),
    fakeChroots(),
    fakeChroots(),
  ];
  if (!hasTools) checkChroots.behave(() => undefined);
  let awake: Promise<void> = Promise.resolve();
  let wake = (): void => undefined;
  let isDead = false;
  const when = async (): Promise<void> => {
    await awake;
    if (isDead) await new Promise<never>(() => {});
  };
  const calls = callsUnderWay();
  const counted = calls.watched({ append: log.append, readStream: log.readStream });
  const append: EventLog['append'] = async (...given) => {
    await when();
    if (!hasLog) throw new Error('the log is away');
    return counted.append(...given);
  };
  let hasLog = true;
  const state: EventLog['state'] = () =>
    hasLog ? log.state() : { status: 'unreachable', head: log.state().head, reason: 'the log is away' };
  const engine = await nodeEngine({
    log: { ...log, ...counted, append, state },
    node: name,
    address: `${name}.example.org:8066`,
    room,
    architectures,
    builder,
    checker,
    chroots,
    checkChroots,
    archive: {
      alive: async (token, waitsFor) => {
        await when();
        hears().engine.nodes.hear(name, token, waitsFor);
      },
      fetched: async () => [],
      letGo: async () => undefined,
      close: () => undefined,
    },
    clock: on.clock,
    homeRoom,
    anchors: on.anchors ?? (async () => ''),
    timeouts: { buildSeconds: 3600, silenceSeconds: 600, incomingMs: 3_600_000 },
    progress: () => undefined,
  });
  const faults: Fault[] = [];
  let lost: string | undefined;
  const lacks = (head: Position): boolean =>
    lost === undefined && (calls.isAtWork() || (engine.world.position ?? '') < head);
  on.followers.add(lacks);
  const work: Subscription = engine.duties$.subscribe((fault) => faults.push(fault));
  void engine.lost.then((reason) => {
    lost = reason;
  });
  await engine.recover();
  return {
    name,
    engine,
    builder,
    checker,
    chroots,
    faults,
    lost: () => lost,
    loseLog: () => {
      hasLog = false;
    },
    findLog: () => {
      hasLog = true;
    },
    sleep: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      [awake, wake] = [promise, resolve];
    },
    wake: () => wake(),
    kill: () => {
      isDead = true;
      on.followers.delete(lacks);
      wake();
      work.unsubscribe();
    },
  };
};
