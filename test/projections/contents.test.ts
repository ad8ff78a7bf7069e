import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Version } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { held, heldEarlier, ownedElsewhere, type Slot, whereabouts } from '../../src/projections/contents.ts';
import { foldContents, noContents, occupy } from '../../src/projections/fold-contents.ts';
import {
  acmeConfiguration,
  amd64,
  configurationOf,
  configured,
  hello,
  hello3,
  hello4,
  helloInstalled,
  main,
  recordedAll,
  source,
  stored,
  trixieConfigured,
  unstable,
  uploadId,
  version,
} from '../support/fixed-examples.ts';

const after = (events: readonly DaemonEvent[], configuration = acmeConfiguration) => {
  const contents = noContents();
  for (const recorded of recordedAll(events)) foldContents(contents, recorded, configuration);
  return contents;
};

const v = (n: number): Version => version(`2.10-${n}~acme13+1`);
const installs = (...versions: readonly number[]): readonly DaemonEvent[] =>
  versions.map((n) => helloInstalled(uploadId(n), v(n)));

/** The suite unstable with another depth. */
const withDepth = (rollbacks: number) => {
  const layout = acmeConfiguration.layouts.get('Default');
  assert.ok(layout !== undefined);
  return configurationOf([
    ...configured,
    { ...layout, suites: layout.suites.map((suite) => ({ ...suite, rollbacks })) },
  ]);
};

const debs = (names: readonly string[], of: Version = hello3) =>
  names.map((name) => ({
    package: name,
    version: of,
    architecture: amd64,
    component: main,
    file: stored(`${name}_${of}_amd64.deb`),
  }));

describe('Contents', () => {
  it('hold what was installed last, and before that in the rollbacks, as deep as the suite remembers', () => {
    const rows = [1, 2, 3, 4].map((last) => {
      const contents = after(installs(...[1, 2, 3, 4].slice(0, last)), withDepth(3));
      return [held(contents, unstable), ...[0, 1, 2].map((k) => heldEarlier(contents, unstable, k))].map(
        ([occupant]) => occupant?.version,
      );
    });
    assert.deepEqual(rows, [
      [v(1), undefined, undefined, undefined],
      [v(2), v(1), undefined, undefined],
      [v(3), v(2), v(1), undefined],
      [v(4), v(3), v(2), v(1)],
    ]);
  });

  it('forget for good what fell out, also when the depth grows afterwards', () => {
    const contents = noContents();
    const [one, two, three, four] = recordedAll(installs(1, 2, 3, 4));
    for (const each of [one, two, three]) if (each) foldContents(contents, each, withDepth(1));
    if (four) foldContents(contents, four, withDepth(3));
    assert.deepEqual(
      contents.shelves
        .get(unstable)
        ?.slots.get(hello)
        ?.earlier.map((occupant) => occupant.version),
      [v(3), v(2)],
    );
  });

  it('remember nothing where a suite has no rollbacks or its layout is unknown', () => {
    for (const configuration of [withDepth(0), configurationOf([trixieConfigured])]) {
      assert.deepEqual(after(installs(1, 2), configuration).shelves.get(unstable)?.slots.get(hello)?.earlier, []);
    }
  });

  it('know where a source stands', () => {
    const contents = after(installs(3));
    assert.deepEqual(
      whereabouts(contents, hello).map(({ distribution }) => distribution),
      [unstable],
    );
    assert.deepEqual(whereabouts(contents, source('goodbye')), []);
  });

  it('know which source a binary package belongs to', () => {
    const contents = after([helloInstalled(uploadId(1), hello3, { binaries: debs(['hello', 'hello-doc']) })]);
    const other = source('hello-traditional');
    assert.deepEqual(ownedElsewhere(contents, unstable, other, ['hello', 'hello', 'hello-tiny']), [
      { distribution: unstable, package: 'hello', source: 'hello' },
    ]);
    assert.deepEqual(ownedElsewhere(contents, unstable, hello, ['hello']), []);
  });

  it('give a binary package free when the next version does not make it', () => {
    const contents = after([
      helloInstalled(uploadId(1), hello3, { binaries: debs(['hello', 'hello-doc']) }),
      helloInstalled(uploadId(2), hello4, { binaries: debs(['hello'], hello4) }),
    ]);
    assert.deepEqual(ownedElsewhere(contents, unstable, source('hello-docs'), ['hello-doc']), []);
  });

  it('know whose a binary package is, whoever had it before and was told of later', () => {
    const docs = source('hello-docs');
    const contents = after([
      helloInstalled(uploadId(1), hello3, { source: docs, binaries: debs(['hello-doc']) }),
      helloInstalled(uploadId(2), hello3, { binaries: debs(['hello', 'hello-doc']) }),
      helloInstalled(uploadId(3), hello4, { binaries: debs(['hello'], hello4) }),
    ]);
    assert.deepEqual(ownedElsewhere(contents, unstable, hello, ['hello-doc']), [
      { distribution: unstable, package: 'hello-doc', source: docs },
    ]);
    assert.deepEqual(ownedElsewhere(contents, unstable, docs, ['hello-doc']), []);
  });
});

describe('A slot', () => {
  it('holds the last occupant and as many earlier ones as it is deep', (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(fc.array(fc.nat(99), { maxLength: 20 }), fc.nat(6), (occupants, depth) => {
        const nobody: Slot<number> = { present: undefined, earlier: [] };
        const slot = occupants.reduce((before, next) => occupy(before, next, depth), nobody);
        const newestFirst = occupants.toReversed();
        assert.equal(slot.present, newestFirst[0]);
        assert.deepEqual(slot.earlier, newestFirst.slice(1, 1 + depth));
      }),
      { seed },
    );
  });

  it('keeps what fell out outside, whatever its depth becomes', (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(99), fc.nat(6)), { maxLength: 20 }), (steps) => {
        let slot: Slot<number> = { present: undefined, earlier: [] };
        const model: number[] = [];
        for (const [next, depth] of steps) {
          slot = occupy(slot, next, depth);
          model.unshift(next);
          model.splice(depth + 1);
          assert.deepEqual([slot.present, ...slot.earlier], model);
        }
      }),
      { seed },
    );
  });
});
