import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  compressedIndex,
  patchedIndex,
  rewrittenIndex,
  type SegmentedIndex,
  type Stanza,
  segmentedIndex,
} from '../../../src/adapters/reprepro/segmented-index.ts';

/** A stanza of so many bytes, which does not compress well. */
const stanza = (name: string, bytes: number, salt = 0): Stanza => ({
  name,
  text: `Package: ${name}\nDescription: ${Array.from({ length: Math.ceil(bytes / 64) }, (_, n) => hash('sha256', `${name} ${n} ${salt}`)).join('')}\n\n`,
});

const textOf = (stanzas: Iterable<Stanza>): string =>
  [...stanzas]
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ text }) => text)
    .join('');

/** It is what it says, to Node and to gzip itself. */
const assertIs = ({ gz, size, sha256, plain }: SegmentedIndex, expected: string): void => {
  assert.ok(gunzipSync(gz).toString('latin1') === expected, 'the text is another');
  assert.equal(size, expected.length);
  assert.equal(sha256, hash('sha256', Buffer.from(expected, 'latin1')));
  assert.equal(plain?.toString('latin1'), size <= 1024 * 1024 ? expected : undefined);
};

describe('An index in segments', () => {
  it('is one gzip member to gzip', async () => {
    const stanzas = Array.from({ length: 300 }, (_, n) => stanza(`package-${n}`, 1000));
    const { gz } = await segmentedIndex(stanzas);
    assert.equal(execFileSync('gzip', ['-dc'], { input: gz }).toString('latin1'), textOf(stanzas));
    assert.match(execFileSync('gzip', ['-lv'], { input: gz }).toString(), / \d+ +\d{6} /);
  });

  it('may be empty, and filled, and emptied', async () => {
    const empty = await segmentedIndex([]);
    assertIs(empty, '');
    const [one] = [stanza('hello', 100)];
    const filled = await patchedIndex(empty.segments, empty.gz, { leaving: new Set(), arriving: [one] });
    assertIs(filled, one.text);
    assertIs(await patchedIndex(filled.segments, filled.gz, { leaving: new Set(['hello']), arriving: [] }), '');
  });

  it('leaves segments alone that do not change', async () => {
    const stanzas = Array.from({ length: 4000 }, (_, n) => stanza(`package-${String(n).padStart(4, '0')}`, 1000));
    const before = await segmentedIndex(stanzas);
    const arriving = [stanza('package-2000', 900, 1)];
    const after = await patchedIndex(before.segments, before.gz, { leaving: new Set(['package-2000']), arriving });
    const at = (before.segments.findIndex(({ first }) => first > 'package-2000') || 0) - 1;
    const head = before.segments.slice(0, at).reduce((sum, { gz }) => sum + gz, 10);
    assert.ok(after.gz.subarray(0, head).equals(before.gz.subarray(0, head)));
    assert.ok(after.gz.subarray(-100_000, -8).equals(before.gz.subarray(-100_000, -8)));
    assertIs(after, textOf(stanzas.map((each) => (each.name === 'package-2000' ? arriving[0] : each) as Stanza)));
  });

  it('is after any patches what it is when made anew', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const name = fc.nat(400).map((n) => `package-${n}`);
    const patch = fc.record({
      leaving: fc.array(name, { maxLength: 40 }),
      arriving: fc.array(name, { maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(100, 5_000, 20_000),
        fc.array(name),
        fc.array(patch, { maxLength: 5 }),
        async (bytes, first, patches) => {
          const wanted = new Map(first.map((each) => [each, stanza(each, bytes)]));
          let index = await segmentedIndex([...wanted.values()]);
          for (const [at, { leaving, arriving }] of patches.entries()) {
            for (const each of leaving) wanted.delete(each);
            const coming = [...new Set(arriving)].map((each) => stanza(each, bytes, at + 1));
            for (const each of coming) wanted.set(each.name, each);
            const replaced = new Set([...leaving, ...arriving]);
            index = await patchedIndex(index.segments, index.gz, { leaving: replaced, arriving: coming });
            assertIs(index, textOf(wanted.values()));
          }
        },
      ),
      { seed, numRuns: 40, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('is of a text that somebody else wrote what it says, whatever it was before', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const names = fc.uniqueArray(
      fc.nat(60).map((n) => `package-${n}`),
      { maxLength: 60 },
    );
    const text = (wanted: readonly string[], bytes: number) =>
      Buffer.from(textOf(wanted.map((each) => stanza(each, bytes))), 'latin1');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(100, 5_000, 40_000), names, fc.array(names), async (bytes, first, others) => {
        let index = await compressedIndex(text(first, bytes));
        assertIs(index, text(first, bytes).toString('latin1'));
        for (const other of [...others, first, [...first, ...first], []]) {
          index = await rewrittenIndex(index.segments, index.gz, text(other, bytes));
          assertIs(index, text(other, bytes).toString('latin1'));
        }
      }),
      { seed, numRuns: 40, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('compresses of a text that somebody else wrote only what changed', async () => {
    const stanzas = Array.from({ length: 4000 }, (_, n) => stanza(`package-${String(n).padStart(4, '0')}`, 1000));
    const before = await compressedIndex(Buffer.from(textOf(stanzas), 'latin1'));
    const changed = stanzas.with(2000, stanza('package-2000', 900, 1));
    const after = await rewrittenIndex(before.segments, before.gz, Buffer.from(textOf(changed), 'latin1'));
    assertIs(after, textOf(changed));
    const sizes = (index: SegmentedIndex) => index.segments.map(({ gz }) => gz);
    assert.equal(sizes(after).filter((size, at) => size !== sizes(before)[at]).length, 1);
    assert.ok(after.gz.subarray(0, 1_000_000).equals(before.gz.subarray(0, 1_000_000)));
    assert.ok(after.gz.subarray(-1_000_000, -8).equals(before.gz.subarray(-1_000_000, -8)));
  });
});
