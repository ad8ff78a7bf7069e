import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildId, type UploadId } from '../../src/domain/ids.ts';
import type { Position } from '../../src/ports/event-log.ts';
import { inOrder, inTurn, type Next, rearrange, type WaitingBuilds } from '../../src/projections/waiting-builds.ts';
import { amd64, arm64, distribution, unstable, uploadId } from '../support/fixed-examples.ts';

type Build = Parameters<typeof inTurn>[0];

const build = (n: number, news: Partial<Build> = {}): Build => ({
  id: buildId(uploadId(n) as UploadId, amd64),
  priority: 0,
  requestedIn: String(n).padStart(20, '0') as Position,
  requested: { distribution: unstable, architecture: amd64 },
  isBinNmu: false,
  expected: undefined,
  followers: 0,
  ...news,
});

const lanesOf = (...builds: readonly Build[]): WaitingBuilds<Build> => {
  const lanes: WaitingBuilds<Build> = new Map();
  for (const each of builds) rearrange(lanes, undefined, each);
  return lanes;
};

const ids = (builds: Iterable<Build>): readonly string[] => [...builds].map(({ id }) => id);
const order = (next: Iterable<Next<Build>>): readonly string[] => ids([...next].map(({ build }) => build));

describe('The queue', () => {
  it('goes by priority, and among equals by who asked first, also when it comes back', () => {
    const [late, urgent, second, first] = [build(4), build(3, { priority: 5 }), build(2), build(1)];
    const lanes = lanesOf(second, late, urgent);
    rearrange(lanes, undefined, first);
    assert.deepEqual(order(inOrder(lanes.values())), ids([urgent, first, second, late]));
  });

  it('is in the same order in all its lanes as when it is sorted, whatever came and went', () => {
    const places = [
      { distribution: unstable, architecture: amd64 },
      { distribution: unstable, architecture: arm64 },
      { distribution: distribution('trixie-acme-experimental'), architecture: amd64 },
    ];
    const change = fc.record({
      n: fc.integer({ min: 0, max: 30 }),
      priority: fc.integer({ min: -1, max: 1 }),
      place: fc.constantFrom(...places),
      leaves: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const lanes: WaitingBuilds<Build> = new Map();
        const there = new Map<number, Build>();
        for (const { n, priority, place, leaves } of changes) {
          const before = there.get(n);
          // Where a build is for never changes.
          const requested = before?.requested ?? place;
          const next = leaves ? undefined : build(n, { priority, requested });
          rearrange(lanes, before, next);
          if (next === undefined) there.delete(n);
          else there.set(n, next);
        }
        assert.deepEqual(order(inOrder(lanes.values())), ids([...there.values()].sort(inTurn)));
        assert.ok(
          [...lanes.values()].every(({ inTurn }) => inTurn.length > 0),
          'an empty lane is left',
        );
      }),
    );
  });

  it('leaves a lane for which nobody has room, however much waits in it', () => {
    const elsewhere = { requested: { distribution: unstable, architecture: arm64 } };
    const many = Array.from({ length: 1000 }, (_, n) => build(n));
    let asked = 0;
    const found = inOrder(lanesOf(...many, build(2000, elsewhere)).values(), ({ name }) => {
      asked += 1;
      return name.endsWith(arm64);
    });
    assert.deepEqual(order(found), ids([build(2000, elsewhere)]));
    assert.ok(asked < 10, `${asked} builds were looked at`);
  });
});
