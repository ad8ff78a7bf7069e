import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type Blocks, countItems, inBlocks, itemNamed, itemsOf, withChanged } from '../../../src/app/pages/blocks.ts';
import { heldByName, ofSource } from '../../../src/app/pages/held-by-name.ts';
import { upToDate } from '../../../src/app/pages/kept-list.ts';
import { sorting } from '../../../src/app/pages/listing.ts';
import { calledSo } from '../../../src/app/pages/names-held.ts';
import { namesInOrder } from '../../../src/app/pages/names-in-order.ts';
import type { SourceName } from '../../../src/domain/debian/names.ts';
import type { HeldVersion } from '../../../src/ports/archive.ts';
import type { Shelf } from '../../../src/projections/contents.ts';
import { changeSlot, occupy, vacate } from '../../../src/projections/fold-contents.ts';
import { newTrail } from '../../../src/projections/trail.ts';

const emptyShelf = (): Shelf => ({
  isConfigured: true,
  slots: new Map(),
  owners: new Map(),
  holding: 0,
  tally: { sources: 0 },
  trail: newTrail(),
});

const held = (source: string, n: number) =>
  ({ source, version: String(n), binaries: [{ package: `lib${source}-${n % 3}` }] }) as unknown as HeldVersion;

const story = { changes: 0, places: 0, versions: new Map(), left: new Map() };

/** So many that they fill some blocks. */
const manyNames = Array.from({ length: 700 }, (_, n) => `package-${n}` as SourceName);

/** A package comes (or goes) whose name is the `n`-th, or so many that follow each other do. */
const step = fc.record({
  first: fc.nat(manyNames.length - 1),
  many: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.constantFrom(20, 300, 1500)),
  comes: fc.boolean(),
  isLookedAt: fc.boolean(),
});

const happen = (shelf: Shelf, { first, many, comes }: { first: number; many: number; comes: boolean }, n: number) => {
  for (let k = 0; k < many; k += 1) {
    const source = manyNames[(first + k) % manyNames.length] as SourceName;
    changeSlot(shelf, source, story, undefined, (slot) => (comes ? occupy(slot, held(source, n), 2) : vacate(slot, 2)));
  }
};

const slotsByName = (shelf: Shelf) =>
  [...shelf.slots].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, slot]) => slot);

describe('Lists that are kept', () => {
  it('are what a shelf holds by name, whatever came and went between two looks', () => {
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const shelf = emptyShelf();
        for (const [n, each] of steps.entries()) {
          happen(shelf, each, n);
          if (!each.isLookedAt) continue;
          const slots = slotsByName(shelf);
          const present = slots.flatMap((slot) => slot.present ?? []);
          const kept = heldByName(shelf);
          assert.deepEqual(itemsOf(kept), present);
          assert.deepEqual(
            itemsOf(heldByName(shelf, 1)),
            slots.flatMap(({ earlier }) => earlier[1] ?? []),
          );
          assert.equal(heldByName(shelf), kept);
          assert.equal(shelf.holding, present.length);
          assert.equal(countItems(kept), present.length);
          // What is found out about blocks is true of those that were patched.
          assert.deepEqual(calledSo(kept, 'age-1'), calledSo(inBlocks(present), 'age-1'));
          for (const name of ['package-1', 'package-699', 'a', 'z'])
            assert.equal(ofSource(kept, name), shelf.slots.get(name as SourceName)?.present);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of several shelves are what any of them holds', () => {
    void fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 25 }), (steps) => {
        const [one, other] = [emptyShelf(), emptyShelf()];
        const present = (source: SourceName) =>
          [one, other].some(({ slots }) => slots.get(source)?.present !== undefined) ? source : undefined;
        let list: ReturnType<typeof upToDate<SourceName>> | undefined;
        for (const [n, [each, isHere]] of steps.entries()) {
          happen(isHere ? one : other, each, n);
          if (!each.isLookedAt) continue;
          list = upToDate(list, [one, other], (name) => name, present);
          assert.deepEqual(itemsOf(list.blocks), manyNames.filter((name) => present(name) !== undefined).sort());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are made anew for other shelves, however often those changed', () => {
    const [one, other] = [emptyShelf(), emptyShelf()];
    happen(one, { first: 0, many: 1, comes: true }, 0);
    happen(other, { first: 1, many: 1, comes: true }, 0);
    const listOf = (known: ReturnType<typeof upToDate<SourceName>> | undefined, shelf: Shelf) =>
      upToDate(
        known,
        [shelf],
        (name) => name,
        (name) => (shelf.slots.get(name)?.present === undefined ? undefined : name),
      );
    assert.deepEqual(itemsOf(listOf(listOf(undefined, one), other).blocks), ['package-1']);
  });

  it('share every block in which nothing changed', () => {
    const shelf = emptyShelf();
    happen(shelf, { first: 0, many: 700, comes: true }, 1);
    const before = heldByName(shelf);
    happen(shelf, { first: 5, many: 1, comes: true }, 2);
    const after = heldByName(shelf);
    assert.ok(before.length > 3);
    assert.equal(after.filter((block) => !before.includes(block)).length, 1);
  });

  it('grow and shrink block by block, and stay short ones', () => {
    const names = Array.from({ length: 2000 }, (_, n) => String(n).padStart(4, '0'));
    const same = (name: string) => name;
    let list: Blocks<string> = [];
    for (const name of names.toReversed()) list = withChanged(list, [name], same, same);
    assert.deepEqual(itemsOf(list), names);
    assert.ok(Math.max(...list.map(({ length }) => length)) <= 256);
    assert.equal(itemNamed(list, '1999', same), '1999');
    assert.equal(itemNamed(list, '1999x', same), undefined);
    assert.deepEqual(
      withChanged(list, names, same, () => undefined),
      [],
    );
  });

  it('put new names where they belong', () => {
    const map = new Map([
      ['m', 1],
      ['c', 1],
    ]);
    assert.deepEqual(itemsOf(namesInOrder(map)), ['c', 'm']);
    assert.equal(namesInOrder(map), namesInOrder(map));
    map.set('z', 1).set('a', 1);
    assert.deepEqual(itemsOf(namesInOrder(map)), ['a', 'c', 'm', 'z']);
  });

  it('are searched for a part of any name, of source or binary package', () => {
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '+', '-'), minLength: 1, maxLength: 4 });
    const version = (source: string, packages: readonly string[]) =>
      ({ source, binaries: packages.map((each) => ({ package: each })) }) as unknown as HeldVersion;
    void fc.assert(
      fc.property(
        fc.array(fc.tuple(names, fc.array(names, { maxLength: 3 })), { maxLength: 20 }),
        fc.nat(20),
        names,
        (all, cut, part) => {
          const holds = all.map(([source, packages]) => version(source, packages));
          const wanted = holds.filter(({ source, binaries }) =>
            [source, ...binaries.map((each) => each.package)].some((name) => name.includes(part)),
          );
          const blocks = [holds.slice(0, cut), holds.slice(cut)].filter(({ length }) => length > 0);
          for (const _ of ['first', 'again']) assert.deepEqual(calledSo(blocks, part), wanted);
          assert.deepEqual(calledSo(blocks, '\n'), []);
        },
      ),
    );
  });

  it('are sorted by how often each changed by now, what is alike by name, whatever is sought of them', () => {
    const sorted = sorting<string>();
    const stories = new Map(manyNames.map((name) => [name as string, { changes: 0 }]));
    const all = inBlocks(manyNames.toSorted() as readonly string[]);
    void fc.assert(
      fc.property(fc.array(fc.nat(manyNames.length - 1)), fc.constantFrom('', '-6', '99', 'no'), (changed, part) => {
        for (const n of changed) (stories.get(manyNames[n] as string) as { changes: number }).changes += 1;
        const changesOf = (name: string): number => stories.get(name)?.changes ?? 0;
        const found = itemsOf(all).filter((name) => name.includes(part));
        const wanted = found.toSorted((one, other) => changesOf(other) - changesOf(one));
        assert.deepEqual(
          sorted(all, found, 'changes', (name) => stories.get(name)),
          wanted,
        );
        assert.deepEqual(
          sorted(all, found, 'name-back', () => undefined),
          found.toReversed(),
        );
      }),
    );
  });

  it('are sorted by when each changed last, what did so within a second by name, and what never did at the end', () => {
    const sorted = sorting<string>();
    const all = inBlocks(manyNames.toSorted() as readonly string[]);
    const second = fc.integer({ min: 0, max: 40 });
    void fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...manyNames), second), fc.constantFrom('', '-6'), (changed, part) => {
        const changedAt = (name: string): number | undefined =>
          changed[name] === undefined ? undefined : Date.UTC(2026, 10, 26) + 1000 * changed[name] + name.length;
        const found = itemsOf(all).filter((name) => name.includes(part));
        const wanted = found.toSorted((one, other) => (changed[other] ?? -1) - (changed[one] ?? -1));
        const story = (name: string) => ({ changes: 0, changedAt: changedAt(name) as number });
        assert.deepEqual(sorting<string>()(all, found, 'changed', story), wanted);
        // What stands in one place is another list after a change.
        const [here, none] = [[...all], () => undefined];
        assert.deepEqual(sorted(here, found, 'changed', none, changedAt), wanted);
        assert.deepEqual(sorted(here, found, 'changed-back', none, changedAt), wanted.toReversed());
      }),
    );
  });
});
