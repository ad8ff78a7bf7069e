import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unmetDependencies } from '../../../src/adapters/sbuild/unmet-dependencies.ts';
import { processorTime } from '../../support/processor-time.ts';

const said = (...lines: readonly string[]) =>
  unmetDependencies(['The following packages have unmet dependencies:', ...lines, 'apt-get failed.', ''].join('\n'));

describe('What apt could not install', () => {
  it('can be waited for, each relation for itself and alternatives together', () => {
    const { missing, facts } = said(
      ' sbuild-build-depends-main-dummy : Depends: libgreet-dev (>= 2.0) but 1.0-1 is to be installed',
      '                                   Depends: greet but it is not installable or',
      '                                            salute (>= 3) but it is not installable',
      '                                   Depends: wave:any which is a virtual package',
    );
    assert.deepEqual(missing, ['libgreet-dev (>= 2.0)', 'greet | salute (>= 3)', 'wave:any']);
    assert.deepEqual(facts, [
      'Depends: libgreet-dev (>= 2.0) but 1.0-1 is to be installed',
      'Depends: greet but it is not installable or salute (>= 3) but it is not installable',
      'Depends: wave:any which is a virtual package',
    ]);
  });

  for (const before of ['', 'E', 'E: ', 'E: Unable to correct problems, you have held broken packages.'])
    it(`is read where an error of apt came in between, as far as "${before}"`, () => {
      const { missing } = said(
        ' sbuild-build-depends-main-dummy : Depends: greet but it is not installable',
        `${before}                                   Depends: salute (>= 3) but 2 is to be installed`,
        ': Unable to correct problems, you have held broken packages.',
      );
      assert.deepEqual(missing, ['greet', 'salute (>= 3)']);
    });

  it('is looked for without end in no line that a stranger made', () => {
    const before = processorTime();
    for (const length of [900, 60_000]) said(`W: ${' '.repeat(length)}`, `${'E: a'.repeat(length / 4)}          `);
    assert.ok(processorTime() - before < 1000, `${processorTime() - before} ms`);
  });

  it('is not waited for where packages stand in the way of each other', () => {
    const { missing, facts } = said(
      ' sbuild-build-depends-main-dummy : Depends: greet but it is not going to be installed',
      '                                   Conflicts: salute but 1.0 is to be installed',
    );
    assert.deepEqual(missing, []);
    assert.equal(facts.length, 2);
  });

  it('is nothing where nothing of the kind is said, or it cannot be read', () => {
    assert.deepEqual(said('all is well'), { facts: [], missing: [] });
    assert.deepEqual(
      said(' sbuild-build-depends-main-dummy : Depends: $(reboot) but it is not installable').missing,
      [],
    );
  });
});
