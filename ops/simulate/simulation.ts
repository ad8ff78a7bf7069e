import { isLeft, right } from 'fp-ts/lib/Either.js';
import { firstValueFrom, ignoreElements, map, merge, type Observable } from 'rxjs';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { buildOrders } from '../../src/app/builds/build-orders.ts';
import { rollCall } from '../../src/app/nodes/roll-call.ts';
import { oneAfterTheOther } from '../../src/app/one-after-the-other.ts';
import { startProjector } from '../../src/app/projector.ts';
import { neighbours } from '../../src/app/remotes/neighbours.ts';
import { packageReader, teller } from '../../src/app/tell.ts';
import type { Architecture, FileName, Sha256, SourceName, StoredFile } from '../../src/domain/debian/names.ts';
import type { BuildId } from '../../src/domain/ids.ts';
import { refusal } from '../../src/domain/refusal.ts';
import { homeDisk } from '../../src/home-disk.ts';
import type { Archive, Publication } from '../../src/ports/archive.ts';
import type { Builder, BuildResult } from '../../src/ports/builder.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { duty } from '../../src/ports/tell.ts';
import { answersOpened } from '../../src/projections/answers-opened.ts';
import type { World } from '../../src/projections/world.ts';
import { addArchitectures } from '../../src/reactors/add-architectures.ts';
import { assignBuilds } from '../../src/reactors/assign-builds.ts';
import { cancelBuilds } from '../../src/reactors/cancel-builds.ts';
import { dispatchBuilds } from '../../src/reactors/dispatch-builds.ts';
import { installPackages } from '../../src/reactors/install-packages.ts';
import { judgeUploads } from '../../src/reactors/judge-uploads.ts';
import type { Fault } from '../../src/reactors/once-each.ts';
import { publishRepositories } from '../../src/reactors/publish-repositories.ts';
import { requestBuilds } from '../../src/reactors/request-builds.ts';
import { resumeBuilds } from '../../src/reactors/resume-builds.ts';
import { runBuilds } from '../../src/reactors/run-builds.ts';
import { takeResults } from '../../src/reactors/take-results.ts';
import { watchRemotes } from '../../src/reactors/watch-remotes.ts';
import { withdrawBuilds } from '../../src/reactors/withdraw-builds.ts';
import { goodSignature } from '../../test/support/fixed-examples.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { administrator, setUp } from './instance.ts';
import { isNew, received, resultOf, uploadOf } from './packages.ts';
import { isBuiltOn, type Scenario, type Work } from './scenario.ts';
import { type Attempt, hashOf, type SimulatedBuilder, simulatedBuilder } from './simulated-builder.ts';
import { type Decision, stopwatch } from './stopwatch.ts';

export type Simulation = {
  readonly log: EventLog;
  readonly world: World;
  readonly builders: readonly SimulatedBuilder[];
  /** When the first upload came, and when the last build ended: milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
  /** How long looks of duties took, in milliseconds. */
  readonly looks: ReadonlyMap<string, readonly number[]>;
  /** How long it took to decide about one build, who is to have it: milliseconds. */
  readonly decisions: readonly Decision[];
  readonly faults: readonly Fault[];
  /** Answers that came too late, and changed nothing. */
  readonly lateAnswers: number;
  /** How long it took to simulate, in milliseconds. */
  readonly tookMs: number;
};

/** As in `src/duties.ts` and `src/remote-duties.ts`. Milliseconds. */
const tickMs = 15_000;
const remoteTickMs = 5_000;
const leaseMs = 600_000;
/** Until a build finds out that something is missing, and until apt sees what was installed. Seconds. */
const depWaitSeconds = 40;
const publishSeconds = 30;
const mostDays = 60;

/** Lets the daemon's own deciders, projections and duties work through a scenario with builders and a clock that are made up. */
export const simulate = async (scenario: Scenario, progress: (line: string) => void): Promise<Simulation> => {
  const beginning = performance.now();
  const clock = manualClock();
  const log = openMemoryLog(undefined, clock.now);
  await setUp(log, clock, scenario);
  const projector = await startProjector(log, () => undefined);
  const { world, world$ } = projector;
  const tell = teller(log, ({ position }) => projector.folded(position), clock.now);
  const began = clock.now();
  const works = new Map(scenario.works.map((each) => [each.source, each]));
  const apt = simulatedArchive((seconds) => firstValueFrom(clock.after(seconds * 1000)));
  const answers = new Map<Sha256, BuildResult>();
  let lateAnswers = 0;

  const attempt = (source: SourceName, on: Architecture): Attempt => {
    const work = works.get(source) as Work;
    const missing = work.needs.filter((need) => isBuiltOn(works.get(need), on) && !apt.has(need, on));
    const seconds = missing.length > 0 ? depWaitSeconds : (work.seconds.get(on) ?? 0);
    return { seconds, result: resultOf(work, on, missing, seconds) };
  };
  const buildOfRequest = (build: BuildId): Attempt => {
    const requested = world.builds.open.get(build)?.requested;
    // What was given to somebody else meanwhile, or has ended, comes too late whatever it says.
    if (requested === undefined) return { seconds: depWaitSeconds, result: nothing };
    return attempt(requested.source, requested.architecture);
  };
  const builders = scenario.machines.slice(1).map((machine) =>
    simulatedBuilder(
      machine,
      clock,
      ({ build }) => buildOfRequest(build),
      async ({ build, attempt: number }, result, sha256) => {
        answers.set(sha256, result);
        const told = await tell(
          { command: 'ReceiveBuildresult', build, attempt: number, result: asFile(sha256), files: [] },
          duty('receive', build),
        );
        if (isLeft(told)) lateAnswers += 1;
      },
    ),
  );
  const named = new Map<string, SimulatedBuilder>(builders.map((each) => [each.machine.name, each]));
  const own: Builder = {
    liveLog: () => undefined,
    build: async ({ source, architecture }) => {
      const { seconds, result } = attempt(source, architecture);
      await firstValueFrom(clock.after(seconds * 1000));
      return result;
    },
  };

  const place = { builder: scenario.machines[0]?.name ?? '', room: scenario.machines[0]?.room ?? 0, tags: [] };
  const peers = neighbours();
  const inTurn = oneAfterTheOther();
  const roll = rollCall(clock.now, () => true);
  const never = new AbortController().signal;
  const watch = stopwatch();
  const often$ = merge(world$, clock.every(remoteTickMs).pipe(map(() => world)));
  const seldom$ = merge(world$, clock.every(tickMs).pipe(map(() => world)));
  const due = (name: string) => watch.over(name, seldom$);
  const dueOften = (name: string) => watch.over(name, often$);
  const buildSeconds = 86_400;
  const terms = { leaseMs, buildMs: buildSeconds * 1000 };
  const orderOf = buildOrders(world, 'http://127.0.0.1:8066', { buildSeconds, silenceSeconds: buildSeconds });
  const unreachable = refusal('unreachable', 'there is no such builder', 'look at the scenario');
  const duties: readonly Observable<Fault>[] = [
    judgeUploads(due('judge-uploads'), clock, world, async () => goodSignature, packageReader(log), tell),
    requestBuilds(due('request-builds'), clock, async () => undefined, tell),
    assignBuilds(due('assign-builds'), clock, place, peers, roll, watch.deciding('assign-builds', tell)),
    runBuilds(due('run-builds'), clock, place.builder, own, orderOf, never, homeDisk(), tell),
    resumeBuilds(due('resume-builds'), clock, tell),
    cancelBuilds(due('cancel-builds'), clock, tell),
    installPackages(due('install-packages'), clock, world, inTurn, tell),
    addArchitectures(due('add-architectures'), clock, world, inTurn, tell),
    publishRepositories(due('publish'), clock, world, apt.archive, () => undefined, tell),
    watchRemotes(
      dueOften('watch-remotes'),
      clock,
      peers,
      {
        look: async ({ remote }) => named.get(remote)?.look() ?? { _tag: 'Left', left: unreachable },
        introduce: async () => undefined,
      },
      tell,
    ),
    dispatchBuilds(
      dueOften('dispatch-builds'),
      clock,
      peers,
      {
        make: async ({ id }, number) => ({
          request: asFile(hashOf(`${id}#${number}`)),
          tar: asFile(hashOf(`${id}#${number}.tar`)),
        }),
        send: async (remote, dispatched) => named.get(remote)?.send(dispatched) ?? right(undefined),
      },
      tell,
    ),
    withdrawBuilds(dueOften('withdraw-builds'), clock, place, peers, roll, terms, tell),
    takeResults(
      dueOften('take-results'),
      clock,
      async (_, { result }) => ({ result: answers.get(result.sha256) ?? nothing, checks: [] }),
      answersOpened(),
      tell,
    ),
  ];

  const faults: Fault[] = [];
  let failure: unknown;
  const working = merge(world$.pipe(ignoreElements()), ...duties).subscribe({
    next: (fault) => faults.push(fault),
    error: (error: unknown) => {
      failure = error;
    },
  });
  let uploaded = 0;
  let ended = began;
  let open = 0;
  let said = performance.now();
  for (const [n, work] of [...scenario.works].sort((a, b) => a.uploadedAt - b.uploadedAt).entries()) {
    void firstValueFrom(clock.after(work.uploadedAt * 1000)).then(async () => {
      const upload = uploadOf(n, 'new');
      await tell({ command: 'ReceiveUpload', received: received(work, upload, 'new') }, administrator);
      uploaded += 1;
    });
  }
  const isOver = () => uploaded === works.size && world.builds.open.size === 0 && world.progress.uploads.size === 0;
  try {
    for (;;) {
      // All that goes on at one instant goes on in microtasks.
      await new Promise(setImmediate);
      if (failure !== undefined) throw failure;
      if (world.builds.open.size < open) ended = clock.now();
      open = world.builds.open.size;
      if (isOver()) break;
      const next = clock.upcoming();
      if (next === undefined || next - began > mostDays * 86_400_000) {
        throw new Error(
          `${open} builds never ended; ${faults.length} faults, the last: ${String(faults.at(-1)?.error)}`,
        );
      }
      if (performance.now() - said > 2_000) {
        said = performance.now();
        const hours = ((clock.now() - began) / 3_600_000).toFixed(1);
        progress(`${hours} h: ${open} builds open, ${world.builds.claimed.size} under way, ${world.events} events`);
      }
      clock.advance(next - clock.now());
    }
  } finally {
    working.unsubscribe();
  }
  const tookMs = performance.now() - beginning;
  await watch.end();
  return {
    log,
    world,
    builders,
    began,
    ended,
    looks: watch.looks,
    decisions: watch.decisions('assign-builds'),
    faults,
    lateAnswers,
    tookMs,
  };
};

const nothing: BuildResult = {
  outcome: 'failed',
  class: 'killed',
  stage: 'build',
  fact: 'nobody waits for it',
  log: null,
  times: { install: 0, build: 0, total: 0, stages: [] },
};

const asFile = (sha256: Sha256): StoredFile => ({ name: `${sha256.slice(0, 8)}.changes` as FileName, size: 1, sha256 });

/** What apt sees of new packages, a while after it was asked for. */
const simulatedArchive = (pass: (seconds: number) => Promise<unknown>) => {
  const seen = new Set<string>();
  let generation = 0;
  const publish = async ({ distributions, signers }: Publication) => {
    await pass(publishSeconds);
    for (const { binaries } of distributions.filter(({ isRollback }) => !isRollback).flatMap(({ holds }) => holds)) {
      for (const each of binaries) if (isNew(each.version)) seen.add(`${each.package} ${each.architecture}`);
    }
    generation += 1;
    return { generation, signedBy: signers, releases: [] };
  };
  return {
    archive: { publish } as Pick<Archive, 'publish'> as Archive,
    has: (source: SourceName, on: Architecture): boolean => seen.has(`${source} ${on}`) || seen.has(`${source} all`),
  };
};
