import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { heldByName, ofSource } from '../../../src/app/pages/held-by-name.ts';
import { calledSo } from '../../../src/app/pages/names-held.ts';
import { namesInOrder } from '../../../src/app/pages/names-in-order.ts';
import type { SourceName } from '../../../src/domain/debian/names.ts';
import type { HeldVersion } from '../../../src/ports/archive.ts';
import { changeSlot, occupy, type Shelf, vacate } from '../../../src/projections/contents.ts';

const emptyShelf = (): Shelf => ({
  isConfigured: true,
  slots: new Map(),
  owners: new Map(),
  holding: 0,
  changes: 0,
});

const held = (source: string, n: number) => ({ source, version: String(n), binaries: [] }) as unknown as HeldVersion;

const story = { changes: 0, versions: new Map(), left: new Map() };

const sources = fc.constantFrom('zlib', 'hello', 'apt', 'bash', 'libc', 'dpkg');

describe('Lists that are kept', () => {
  it('are what a shelf holds by name, whatever came and went between two looks', () => {
    void fc.assert(
      fc.property(fc.array(fc.tuple(sources, fc.boolean(), fc.boolean()), { maxLength: 60 }), (steps) => {
        const shelf = emptyShelf();
        for (const [n, [source, comes, isLookedAt]] of steps.entries()) {
          changeSlot(shelf, source as SourceName, story, undefined, (slot) =>
            comes ? occupy(slot, held(source, n), 2) : vacate(slot, 2),
          );
          if (!isLookedAt) continue;
          const slots = [...shelf.slots].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, slot]) => slot);
          const present = slots.flatMap((slot) => slot.present ?? []);
          assert.deepEqual(heldByName(shelf), present);
          assert.deepEqual(
            heldByName(shelf, 1),
            slots.flatMap(({ earlier }) => earlier[1] ?? []),
          );
          assert.equal(heldByName(shelf), heldByName(shelf));
          assert.equal(shelf.holding, present.length);
          for (const each of ['apt', 'hello', 'nothing'])
            assert.equal(ofSource(present, each), shelf.slots.get(each as SourceName)?.present);
        }
      }),
    );
  });

  it('put new names where they belong', () => {
    const map = new Map([
      ['m', 1],
      ['c', 1],
    ]);
    assert.deepEqual(namesInOrder(map), ['c', 'm']);
    assert.equal(namesInOrder(map), namesInOrder(map));
    map.set('z', 1).set('a', 1);
    assert.deepEqual(namesInOrder(map), ['a', 'c', 'm', 'z']);
  });

  it('are searched for a part of any name, of source or binary package', () => {
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '+', '-'), minLength: 1, maxLength: 4 });
    const version = (source: string, packages: readonly string[]) =>
      ({ source, binaries: packages.map((each) => ({ package: each })) }) as unknown as HeldVersion;
    void fc.assert(
      fc.property(
        fc.array(fc.tuple(names, fc.array(names, { maxLength: 3 })), { maxLength: 20 }),
        names,
        (all, part) => {
          const holds = all.map(([source, packages]) => version(source, packages));
          const wanted = holds.filter(({ source, binaries }) =>
            [source, ...binaries.map((each) => each.package)].some((name) => name.includes(part)),
          );
          for (const _ of ['first', 'again']) assert.deepEqual(calledSo(holds, part), wanted);
          assert.deepEqual(calledSo(holds, '\n'), []);
        },
      ),
    );
  });
});
