import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { lowerBound } from '../../../ops/simulate/bound.ts';
import { uploadOf } from '../../../ops/simulate/packages.ts';
import { type Report, report } from '../../../ops/simulate/report.ts';
import { type Scenario, scenario } from '../../../ops/simulate/scenario.ts';
import { type Simulation, simulate } from '../../../ops/simulate/simulation.ts';
import { startProjector } from '../../../src/app/projector.ts';
import type { BuildId } from '../../../src/domain/ids.ts';
import type { RecordedEvent } from '../../../src/ports/event-log.ts';
import type { World } from '../../../src/projections/world.ts';

const wanted = { builds: 150, builders: 10, dying: 0.2, seed: 7 };

describe('A simulation', () => {
  let given: Scenario;
  let done: Simulation;
  let events: readonly RecordedEvent[];
  let figures: Report;

  before(async () => {
    given = scenario(wanted);
    done = await simulate(given, () => undefined);
    events = await done.log.readAll(undefined, Number.MAX_SAFE_INTEGER);
    figures = await report(given, done);
  });

  it('ends every build exactly once', () => {
    const ended = Map.groupBy(events.filter(isEnd), buildOf);
    const builds = events.filter(({ body }) => body.type === 'BuildRequested').map(buildOf);
    assert.ok(builds.length > wanted.builds);
    assert.deepEqual(
      builds.filter((build) => ended.get(build)?.length !== 1),
      [],
    );
  });

  it('builds what the scenario says, however often something had to be tried', () => {
    const failing = given.works.filter(({ failsOn }) => failsOn !== undefined).length;
    const failed = since(events).filter(({ body }) => body.type === 'BuildFailed').length;
    const asked = given.works.reduce((sum, { seconds }) => sum + seconds.size, 0);
    assert.equal(figures.builds, asked);
    assert.equal(failed, failing);
    assert.ok(figures.depWaits > 0, 'nothing had to wait for dependencies');
  });

  it('never gives a builder more than it has room for', () => {
    for (const { machine, mostAtOnce } of done.builders) assert.ok(mostAtOnce() <= machine.room, machine.name);
    const claims = new Map<string, Set<BuildId>>();
    const rooms = new Map(given.machines.map(({ name, room }) => [name, room]));
    for (const { body } of since(events)) {
      const { type, build, builder } = body as { type: string; build?: BuildId; builder?: string };
      if (build === undefined) continue;
      if (type === 'BuildStarted' && builder !== undefined) {
        const taken = (claims.get(builder) ?? new Set()).add(build);
        claims.set(builder, taken);
        assert.ok(taken.size <= (rooms.get(builder) ?? 0), `${builder} has ${taken.size} builds`);
      } else if (releases.has(type)) for (const taken of claims.values()) taken.delete(build);
    }
  });

  it('takes builds back from builders that die, and counts nothing that comes too late', () => {
    assert.ok(figures.withdrawn > 0, 'no builder died with a build');
    assert.ok(figures.lateAnswers > 0, 'nothing came too late');
  });

  it('has a log whose replay gives the same state', async () => {
    const { world } = await startProjector(done.log, () => undefined);
    assert.deepEqual(stateOf(world), stateOf(done.world));
  });

  it('comes out the same for the same seed, and not for another one', async () => {
    const again = scenario(wanted);
    const second = await simulate(again, () => undefined);
    const told = (all: readonly RecordedEvent[]) =>
      all.map(({ recordedAt, stream, body }) => ({ recordedAt, stream, type: body.type }));
    assert.deepEqual(told(await second.log.readAll(undefined, Number.MAX_SAFE_INTEGER)), told(events));
    assert.notDeepEqual(scenario({ ...wanted, seed: 8 }), given);
  });

  it('is never better than the bound that it is held against', () => {
    assert.ok(figures.ratio >= 1, `${figures.ratio}`);
  });
});

describe('The lower bound', () => {
  it('is the work of the busiest architecture by its machines, or the longest chain', () => {
    const { machines, works } = scenario({ builds: 400, builders: 10, dying: 0, seed: 3 });
    const bound = lowerBound({ machines, works });
    assert.equal(bound.seconds, Math.max(bound.byWork, bound.byChain));
    const halved = machines.map((each) => ({ ...each, room: each.room * 2 }));
    assert.ok(lowerBound({ machines: halved, works }).byWork < bound.byWork);
    assert.equal(lowerBound({ machines: halved, works }).byChain, bound.byChain);
  });
});

const releases = new Set([
  'BuildSucceeded',
  'BuildFailed',
  'BuildDepWaited',
  'BuildWithdrawn',
  'BuildGivenBack',
  'BuildInterrupted',
  'BuildCancelled',
]);

const since = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.slice(events.findIndex(({ stream }) => stream.endsWith(uploadOf(0, 'new'))));

const isEnd = ({ body }: RecordedEvent): boolean =>
  ['BuildSucceeded', 'BuildFailed', 'BuildSkipped', 'BuildCancelled'].includes(body.type);

const buildOf = ({ body }: RecordedEvent): BuildId | undefined =>
  'build' in body ? (body.build as BuildId) : undefined;

/** The queue with all its indices, and what it led to. */
const stateOf = ({ position, builds, met, progress, uploads, contents, publications }: World) => ({
  position,
  builds,
  met,
  progress,
  uploads,
  contents,
  publications,
});
