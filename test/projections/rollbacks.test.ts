import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import type { Planned } from '../../src/app/repository/plan.ts';
import { planRemoval } from '../../src/app/repository/plan-removal.ts';
import { planRestoration } from '../../src/app/repository/plan-restoration.ts';
import type { PackageEvent } from '../../src/domain/archive/events.ts';
import { packageDecider } from '../../src/domain/archive/package.ts';
import type { Package } from '../../src/domain/archive/package-state.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { Version } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { slotOf } from '../../src/projections/contents.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import {
  acmeConfiguration,
  configured,
  hello,
  helloInstalled,
  helloReserved,
  recorded,
  unstable,
  uploadId,
} from '../support/fixed-examples.ts';

const depth =
  acmeConfiguration.layouts.get('Default')?.suites.find(({ suite }) => suite === 'unstable')?.rollbacks ?? 0;
const version = (number: number): Version => `2.10-${number}~acme13+1` as Version;

/** One package in one suite, changed as the daemon changes it: planned on the world, decided on the stream, folded. */
const story = () => {
  const world: World = newWorld();
  let state: Package = packageDecider.initial;
  let count = 0;
  const fold = (event: DaemonEvent): void => {
    count += 1;
    foldWorld(world, recorded(event, count));
  };
  for (const event of configured) fold(event);
  const say = (event: PackageEvent): void => {
    state = packageDecider.evolve(state, event);
    fold(event);
  };
  return {
    install: (number: number): void => {
      say(helloReserved(uploadId(number), version(number)));
      say(helloInstalled(uploadId(number), version(number)));
    },
    /** Whether it was done. */
    remove: (distribution: DistributionName): boolean => carryOut(planRemoval(world, [hello], distribution, undefined)),
    restore: (distribution: DistributionName): boolean =>
      carryOut(planRestoration(world, [hello], distribution, undefined, false)),
    shown: (): readonly (string | undefined)[] => {
      const { present, earlier } = slotOf(world.contents, unstable, hello);
      return [present?.version, ...earlier.map((held) => held.version)];
    },
  };

  function carryOut(plan: Planned): boolean {
    if (!isRight(plan)) return false;
    const { repository, members } = plan.right;
    for (const { source, seen, steps } of members) {
      for (const step of steps) {
        const command = { command: 'TakeStep', repository, source, seen, step, ownedElsewhere: [] } as const;
        const decided = packageDecider.decide(command, state);
        if (!isRight(decided)) return false;
        for (const event of decided.right) say(event);
      }
    }
    return true;
  }
};

const rollback = (number: number): DistributionName => `${unstable}-rollback${number}` as DistributionName;

describe('Rollbacks', () => {
  it('follow history as the table of the manual says', () => {
    const { install, remove, restore, shown } = story();
    const [v1, v2, v3, v4] = [version(1), version(2), version(3), version(4)];
    for (const number of [1, 2, 3]) install(number);
    assert.deepEqual(shown(), [v3, v2, v1]);
    assert.ok(remove(unstable));
    assert.deepEqual(shown(), [undefined, v3, v2, v1]);
    assert.ok(restore(rollback(1)));
    assert.deepEqual(shown(), [v2, v3, v2, v1]);
    assert.ok(remove(rollback(0)));
    assert.deepEqual(shown(), [v2, v2, v1]);
    install(4);
    assert.deepEqual(shown(), [v4, v2, v2, v1]);
  });

  it('stand in an occupied slot too: what was there becomes the newest rollback', () => {
    const { install, restore, shown } = story();
    for (const number of [1, 2, 3]) install(number);
    assert.ok(restore(rollback(1)));
    assert.deepEqual(shown(), [version(1), version(3), version(2), version(1)]);
  });

  it('agree with a list and a depth, whatever is done in whatever order', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const step = fc.oneof(
      fc.constant({ do: 'install' } as const),
      fc.constant({ do: 'remove' } as const),
      fc.record({ do: fc.constant('forget' as const), at: fc.nat(10) }),
      fc.record({ do: fc.constant('restore' as const), at: fc.nat(10) }),
    );
    const agrees = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const daemon = story();
      let [present, earlier]: [string | undefined, readonly string[]] = [undefined, []];
      let next = 1;
      const push = (): readonly string[] => (present === undefined ? earlier : [present, ...earlier].slice(0, depth));
      for (const each of steps) {
        if (each.do === 'install') {
          daemon.install(next);
          [present, earlier] = [version(next), push()];
          next += 1;
        } else if (each.do === 'remove') {
          assert.equal(daemon.remove(unstable), present !== undefined);
          [present, earlier] = [undefined, push()];
        } else if (each.do === 'forget') {
          assert.equal(each.at < depth && daemon.remove(rollback(each.at)), each.at < earlier.length);
          earlier = earlier.filter((_, index) => index !== each.at);
        } else {
          const wanted = earlier[each.at];
          const isPossible: boolean = wanted !== undefined && wanted !== present;
          assert.equal(each.at < depth && daemon.restore(rollback(each.at)), isPossible);
          if (isPossible) [present, earlier] = [wanted, push()];
        }
        assert.deepEqual(daemon.shown(), [present, ...earlier]);
      }
    });
    await fc.assert(agrees, { seed });
  });
});
