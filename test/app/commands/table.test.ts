import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { table } from '../../../src/app/commands/table.ts';

describe('A table', () => {
  it('has its columns below each other, whatever letters they hold', () => {
    assert.equal(
      table(
        ['Package', 'Version'],
        [
          ['hello', '2.10-3'],
          ['libgrüße-dev', '1'],
        ],
      ),
      ['Package       Version', '------------  -------', 'hello         2.10-3', 'libgrüße-dev  1', ''].join('\n'),
    );
  });

  it('leaves nothing behind the last word, and takes short rows', () => {
    assert.equal(table(['A', 'B'], [['a', ''], ['b']]), 'A  B\n-  -\na\nb\n');
  });

  it('says so when there is nothing', () => {
    assert.equal(table(['A'], [], 'No packages found.'), 'No packages found.\n');
  });

  it('takes many rows', () => {
    assert.equal(
      table(
        ['A'],
        Array.from({ length: 200_000 }, (_, n) => [String(n)]),
      ).split('\n').length,
      200_003,
    );
  });
});
