import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight, right } from 'fp-ts/lib/Either.js';
import { NEVER } from 'rxjs';
import { isPassing, migrateAged } from '../../../src/app/repository/migrate-aged.ts';
import type { DaemonEvent } from '../../../src/domain/event.ts';
import type { Tell } from '../../../src/ports/tell.ts';
import { agedIn } from '../../../src/projections/own-accord.ts';
import { foldWorld, newWorld } from '../../../src/projections/world.ts';
import { migrateAgedVersions } from '../../../src/reactors/migrate-aged.ts';
import {
  acme,
  acmeConfigured,
  archiveFingerprint,
  configured,
  distribution,
  helloInstalled,
  recorded,
  source,
  unstable,
  uploadId,
} from '../../support/fixed-examples.ts';
import { manualClock } from '../../support/manual-clock.ts';

const testing = distribution('trixie-acme-testing');
const dayMs = 86_400_000;

/** What was installed and published a month ago, and migrates after five days. */
const withDue = (count: number) => {
  const world = newWorld();
  let told = 0;
  const happen = (event: DaemonEvent) => {
    told += 1;
    const each = recorded(event, told);
    foldWorld(world, each);
    return each;
  };
  for (const event of configured)
    happen(
      event.type === 'LayoutConfigured'
        ? {
            ...event,
            suites: event.suites.map((each) => (each.suite === 'unstable' ? { ...each, migratesAfterDays: 5 } : each)),
          }
        : event,
    );
  happen({ type: 'EngineStarted' });
  for (let n = 1; n <= count; n += 1)
    happen(helloInstalled(uploadId(n), undefined, { source: source(`package-${n}`), binaries: [] }));
  const last = recorded({ type: 'EngineStarted' }, told).id;
  const date = recorded({ type: 'EngineStarted' }, told).recordedAt;
  const published = {
    generation: 1,
    configuredBy: null,
    validUntil: null,
    signedBy: [archiveFingerprint],
    releases: [],
  };
  happen({ type: 'RepositoryPublished', repository: acme, upTo: last, date, ...published });
  const clock = manualClock(Date.parse(date) + 30 * dayMs);
  /** Decides nothing: what is said has happened. */
  const told$: string[] = [];
  const tell: Tell = async (command) => {
    assert.ok(command.command === 'TakeStep' && command.step.deed === 'migrate');
    const { source, repository, step } = command;
    told$.push(source);
    happen({
      type: 'PackageMigrated',
      repository,
      source,
      version: step.version,
      from: step.from,
      to: step.to,
      change: null,
    });
    return right([]);
  };
  return { world, happen, clock, tell, migrated: told$ };
};

const nobodyLooks = {
  archive: { packages: async () => assert.fail('nobody asked for it') },
  installability: { examine: async () => assert.fail('nobody asked for it') },
} as const;

describe('Migrating by itself', () => {
  it('ends within a batch when somebody stops the engine', async () => {
    const { world, happen, clock, tell, migrated } = withDue(5);
    const stopping: Tell = async (...said) => {
      const answer = await tell(...said);
      if (migrated.length === 2) happen({ type: 'EngineStopped', reason: 'the administrator said so' });
      return answer;
    };
    const parts = { world, tell: stopping, inTurn: <T>(work: () => Promise<T>) => work(), clock, ...nobodyLooks };
    const faults: unknown[] = [];
    const duty = migrateAgedVersions(NEVER, clock, world, migrateAged(parts), isPassing).subscribe((fault) =>
      faults.push(fault),
    );
    clock.advance(61_000);
    for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
    duty.unsubscribe();
    assert.deepEqual([migrated, faults], [['package-1', 'package-2'], []]);
  });

  it('tries again what a fault kept, though the clock was set back meanwhile', async (test) => {
    const { world, clock } = withDue(1);
    let tried = 0;
    const fails = async (): Promise<never> => {
      tried += 1;
      throw new Error('no room');
    };
    const duty = migrateAgedVersions(NEVER, clock, world, fails, isPassing).subscribe();
    test.after(() => duty.unsubscribe());
    const passes = async (minutes: number): Promise<void> => {
      for (let each = 0; each < minutes; each += 1) {
        clock.advance(60_000);
        await new Promise(setImmediate);
      }
    };
    await passes(20);
    assert.equal(tried, 1, 'it rests for an hour');
    clock.set(-dayMs / 2);
    await passes(60);
    assert.equal(tried, 2);
  });

  it('is looked at once more where its repository refuses since it was planned', async () => {
    const { world, happen, clock, tell, migrated } = withDue(1);
    const [aged] = agedIn(world, unstable, clock.now());
    assert.ok(aged !== undefined);
    let examined = 0;
    const parts = {
      ...{ world, tell, clock },
      archive: { packages: async () => new Map([['amd64', Buffer.from('')]]) as never },
      installability: {
        examine: async () => {
          examined += 1;
          return { broken: [] };
        },
      },
    };
    /** Whoever has the turn before says that what could not be installed any more is refused. */
    const first = migrateAged({
      ...parts,
      inTurn: (work) => {
        happen({ ...acmeConfigured, installability: 'refuse' });
        return work();
      },
    });
    const planned = await first(aged);
    assert.ok(isLeft(planned));
    assert.deepEqual([planned.left.rule, isPassing(planned.left), migrated, examined], ['changed', true, [], 0]);
    const next = await migrateAged({ ...parts, inTurn: (work) => work() })(aged);
    assert.ok(isRight(next));
    assert.deepEqual([migrated, examined > 0], [['package-1'], true]);
    assert.equal(world.contents.shelves.get(testing)?.holding, 1);
  });
});
