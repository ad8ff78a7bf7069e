import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { namePattern, nameSearch, versionGlob } from '../../../src/app/commands/arguments.ts';
import type { ArgumentOf } from '../../../src/app/commands/command.ts';

const read = <A>({ codec }: ArgumentOf<A>, written: string): A | undefined => {
  const found = codec.decode(written);
  return isRight(found) ? found.right : undefined;
};

describe('A pattern of names', () => {
  const names = namePattern('Only those', 'D');

  it('is matched as a whole, a search anywhere', () => {
    assert.equal(read(names, 'unstable')?.test('trixie-acme-unstable'), false);
    assert.equal(read(names, '.*unstable')?.test('trixie-acme-unstable'), true);
    assert.equal(read(nameSearch('Only those', 'D'), 'unstable')?.test('trixie-acme-unstable-rollback0'), true);
  });

  it('is all of them when it is a star, as in a shell', () => {
    assert.equal(read(names, '*')?.test('acme'), true);
  });

  it('may hold nothing that runs away', () => {
    for (const written of ['(a+)+', 'a*b*c*d*', '['.repeat(3), 'x'.repeat(101)])
      assert.equal(read(names, written), undefined);
  });
});

describe('A pattern of versions', () => {
  it('takes every version, whose dots and pluses stand for themselves', () => {
    const matches = read(versionGlob('Only those', 'V'), '1:1.0~acme13+*');
    assert.deepEqual(
      ['1:1.0~acme13+1', '1:1.0~acme13+12', '1:1x0~acme13+1', '1:1.0~acme12+1'].map((version) => matches?.(version)),
      [true, true, false, false],
    );
  });
});
