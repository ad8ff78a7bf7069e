import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BehaviorSubject } from 'rxjs';
import { type Fault, onceEach } from '../../src/reactors/once-each.ts';
import { manualClock } from '../support/manual-clock.ts';

/** Chores that are owed as long as they stand in a list. Each begun one is ended by the test. */
const household = (shownOf?: (item: string) => string, atOnce?: number) => {
  const clock = manualClock();
  const owed$ = new BehaviorSubject<readonly string[]>([]);
  const begun: string[] = [];
  const open = new Map<string, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  const faults: Fault[] = [];
  let isComplete = false;
  const key = (item: string): string => item.split('@')[0] ?? '';
  const subscription = onceEach(owed$, clock, {
    name: 'chores',
    owed: (chores) => chores,
    key,
    ...(shownOf === undefined ? {} : { what: shownOf }),
    ...(atOnce === undefined ? {} : { atOnce }),
    work: (chore) => {
      begun.push(chore);
      return new Promise<void>((resolve, reject) => open.set(key(chore), { resolve, reject }));
    },
  }).subscribe({
    next: (fault) => faults.push(fault),
    complete: () => {
      isComplete = true;
    },
  });
  return {
    clock,
    begun,
    faults,
    subscription,
    isComplete: () => isComplete,
    owe: (...chores: readonly string[]) => owed$.next(chores),
    complete: () => owed$.complete(),
    /** Ends the work on a chore; what it leaves owed is said first, as the state knows when work resolves. */
    done: async (chore: string, ...left: readonly string[]) => {
      owed$.next(left);
      open.get(chore)?.resolve();
      await new Promise(setImmediate);
    },
    fails: async (chore: string) => {
      open.get(chore)?.reject(new Error('no water'));
      await new Promise(setImmediate);
    },
  };
};

describe('A duty', () => {
  it('begins no more at each look than it was told, and what rests takes nobody’s place', async () => {
    const { owe, begun, fails } = household(undefined, 2);
    owe('dishes', 'floor', 'windows', 'garden', 'roof');
    assert.deepEqual(begun, ['dishes', 'floor']);
    await fails('dishes');
    owe('dishes', 'floor', 'windows', 'garden', 'roof');
    assert.deepEqual(begun, ['dishes', 'floor', 'windows', 'garden']);
  });

  it('does what is owed, and nothing else', () => {
    const { owe, begun } = household();
    owe();
    assert.deepEqual(begun, []);
    owe('dishes', 'floor');
    assert.deepEqual(begun, ['dishes', 'floor']);
  });

  it('never begins a second time what is under way', () => {
    const { owe, begun, clock } = household();
    owe('dishes');
    owe('dishes', 'dishes');
    clock.advance(3_600_000);
    owe('dishes');
    assert.deepEqual(begun, ['dishes']);
  });

  it('forgets what is done, so that it is done again when it is owed again', async () => {
    const { owe, done, begun } = household();
    owe('dishes');
    await done('dishes');
    owe('dishes');
    assert.deepEqual(begun, ['dishes', 'dishes']);
  });

  it('begins what fell due while other work was under way', async () => {
    const { owe, done, begun } = household();
    owe('dishes');
    await done('dishes', 'floor');
    assert.deepEqual(begun, ['dishes', 'floor']);
  });

  it('tries again what failed, after a pause that doubles up to a minute', async () => {
    const { owe, fails, begun, faults, clock } = household();
    owe('dishes');
    for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const before = begun.length;
      await fails('dishes');
      assert.equal(faults.at(-1)?.againInMs, pause * 1000);
      clock.advance(pause * 1000 - 1);
      assert.equal(begun.length, before, 'it rests');
      clock.advance(1);
      assert.equal(begun.length, before + 1, 'it goes on');
    }
    assert.deepEqual(
      { ...faults[0], error: String(faults[0]?.error) },
      { duty: 'chores', item: 'dishes', error: 'Error: no water', againInMs: 1000 },
    );
  });

  it('does other things while one rests', async () => {
    const { owe, fails, begun } = household();
    owe('dishes');
    await fails('dishes');
    owe('dishes', 'floor');
    assert.deepEqual(begun, ['dishes', 'floor']);
  });

  it('pauses shortly again after something succeeded in between', async () => {
    const { owe, fails, done, faults, clock } = household();
    owe('dishes');
    await fails('dishes');
    clock.advance(1000);
    await fails('dishes');
    clock.advance(2000);
    await done('dishes');
    owe('dishes');
    await fails('dishes');
    assert.equal(faults.at(-1)?.againInMs, 1000);
  });

  it('drops what is not owed any more when its pause is over', async () => {
    const { owe, fails, begun, clock } = household();
    owe('dishes');
    await fails('dishes');
    owe();
    clock.advance(60_000);
    assert.deepEqual(begun, ['dishes']);
  });

  it('rests after work that changed nothing', async () => {
    const { owe, done, begun, faults, clock } = household();
    owe('dishes');
    await done('dishes', 'dishes');
    assert.deepEqual(begun, ['dishes']);
    clock.advance(1000);
    assert.deepEqual(begun, ['dishes', 'dishes']);
    assert.deepEqual(faults, []);
  });

  it('goes on at once when the work was done and something else is owed under the same key', async () => {
    const { owe, done, begun } = household((item) => item);
    owe('dishes@monday');
    for (const day of ['tuesday', 'wednesday', 'thursday']) await done('dishes', `dishes@${day}`);
    assert.deepEqual(begun, ['dishes@monday', 'dishes@tuesday', 'dishes@wednesday', 'dishes@thursday']);
  });

  it('turns work that throws before it begins into a fault', async () => {
    const faults: Fault[] = [];
    onceEach(new BehaviorSubject(['dishes']), manualClock(), {
      name: 'chores',
      owed: (chores) => chores,
      key: (chore) => chore,
      work: () => {
        throw new Error('no sink');
      },
    }).subscribe((fault) => faults.push(fault));
    await new Promise(setImmediate);
    assert.equal(String(faults[0]?.error), 'Error: no sink');
  });

  it('ends with its state, after the work under way', async () => {
    const { owe, complete, done, isComplete, clock } = household();
    owe('dishes');
    complete();
    assert.equal(isComplete(), false);
    await done('dishes');
    clock.advance(1000);
    assert.equal(isComplete(), true);
  });

  it('begins nothing more after nobody listens', async () => {
    const { owe, fails, begun, clock, subscription } = household();
    owe('dishes');
    await fails('dishes');
    subscription.unsubscribe();
    clock.advance(60_000);
    owe('floor');
    assert.deepEqual(begun, ['dishes']);
  });
});
