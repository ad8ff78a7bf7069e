import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { parseChanges } from '../../../src/domain/debian/changes.ts';
import type { Refusal } from '../../../src/domain/refusal.ts';
import { type Announced, debian, dsc, fileList, helloChanges, orig } from './hello-upload.ts';

const read = (text: string) => {
  const result = parseChanges(text);
  if (isLeft(result)) assert.fail(`refused: ${result.left.fact}`);
  return result.right;
};

const refused = (text: string): Refusal => {
  const result = parseChanges(text);
  if (isRight(result)) assert.fail('accepted');
  return result.left;
};

const files = [dsc, orig, debian];
const sha256 = 'Checksums-Sha256';

describe('A .changes', () => {
  it('is read', () => {
    const changes = read(helloChanges());
    assert.equal(changes.source, 'hello');
    assert.equal(changes.version, '2.10-3~test12+1');
    assert.equal(changes.distribution, 'bookworm-test-unstable');
    assert.equal(changes.component, 'main');
    assert.equal(changes.dsc?.name, dsc.name);
    assert.deepEqual(
      changes.files.map(({ name, size, md5, sha1 }) => [name, size, md5.length, sha1?.length]),
      files.map(({ name, size }) => [name, size, 32, 40]),
    );
  });

  it('does without Checksums-Sha1', () => {
    assert.equal(read(helloChanges({ 'Checksums-Sha1': undefined })).files[0]?.sha1, undefined);
  });

  it('names its .dsc without the epoch', () => {
    assert.equal(read(helloChanges({ Version: '7:2.10-3~test12+1' })).dsc?.name, dsc.name);
  });

  for (const [section, component] of [
    ['contrib/devel', 'contrib'],
    ['non-free-firmware/kernel', 'non-free-firmware'],
    ['devel', 'main'],
    ['-', 'main'],
  ] as const) {
    it(`belongs to ${component} with the section ${section}`, () => {
      const changes = read(helloChanges({ Files: fileList(files, 32, `${section} optional `) }));
      assert.equal(changes.component, component);
    });
  }

  it('of binaries alone has no .dsc, and may name the version of its source', () => {
    const deb: Announced = { name: 'hello_2.10-3+b1_amd64.deb', size: 1, digit: 'd' };
    const changes = read(
      helloChanges({ Source: 'hello (2.10-3)', Version: '2.10-3+b1', Architecture: 'amd64' }, [deb]),
    );
    assert.equal(changes.dsc, undefined);
    assert.deepEqual([changes.source, changes.version], ['hello', '2.10-3+b1']);
  });

  for (const [what, text, rule, fact] of [
    ['no Source', helloChanges({ Source: undefined }), 'missing-field', 'Source'],
    ['a Source with a slash', helloChanges({ Source: '../hello' }), 'malformed-field', 'Source'],
    ['no Version', helloChanges({ Version: undefined }), 'missing-field', 'Version'],
    [
      'a Version that goes on in a second line',
      helloChanges({ Version: '2.10-3~test12+1\n x' }),
      'malformed-field',
      'Version',
    ],
    ['two distributions', helloChanges({ Distribution: 'a b' }), 'malformed-distribution', 'a b'],
    ['an empty Distribution', helloChanges({ Distribution: '' }), 'malformed-distribution', 'empty'],
    ['UNRELEASED', helloChanges({ Distribution: 'UNRELEASED' }), 'unreleased', 'UNRELEASED'],
    ['a Distribution with a shell in it', helloChanges({ Distribution: '$(id)' }), 'malformed-distribution', '$(id)'],
    ['no Architecture', helloChanges({ Architecture: undefined }), 'missing-field', 'Architecture'],
    ['an Architecture twice', helloChanges({ Architecture: 'source source' }), 'malformed-field', 'Architecture'],
    ['no Checksums-Sha256', helloChanges({ [sha256]: undefined }), 'missing-field', sha256],
    ['no Files', helloChanges({ Files: undefined }), 'missing-field', 'Files'],
    ['empty Files', helloChanges({ Files: '', [sha256]: '' }), 'missing-file', 'Files'],
    [
      'a file in Files alone',
      helloChanges({ [sha256]: fileList([dsc, orig], 64, '') }),
      'checksum-mismatch',
      `${debian.name} is listed in Files but not in ${sha256}`,
    ],
    [
      'a file in Checksums-Sha256 alone',
      helloChanges({ Files: fileList([dsc, orig], 32, 'a b ') }),
      'checksum-mismatch',
      `${debian.name} is listed in ${sha256} but not in Files`,
    ],
    [
      'a file missing in Checksums-Sha1',
      helloChanges({ 'Checksums-Sha1': fileList([dsc, orig], 40, '') }),
      'checksum-mismatch',
      'Checksums-Sha1',
    ],
    [
      'two sizes of a file',
      helloChanges({ [sha256]: fileList([dsc, { ...orig, size: 1 }, debian], 64, '') }),
      'checksum-mismatch',
      `${orig.name} has 725946 bytes in Files and 1 in ${sha256}`,
    ],
    ['a file twice', helloChanges({}, [dsc, orig, orig, debian]), 'duplicate-file', orig.name],
    ['a digest that is too short', helloChanges({ [sha256]: fileList(files, 63, '') }), 'malformed-file-list', sha256],
    ['a negative size', helloChanges({}, [{ ...dsc, size: -1 }]), 'malformed-file-list', '-1'],
    [
      'a file name with a slash',
      helloChanges({}, [dsc, { ...orig, name: 'x/hello_2.10.orig.tar.gz' }]),
      'unsafe-filename',
      'x/hello',
    ],
    ['a file name that is two dots', helloChanges({}, [dsc, { ...orig, name: '..' }]), 'unsafe-filename', '..'],
    [
      'a file name that looks like an option',
      helloChanges({}, [dsc, { ...orig, name: '-rf' }]),
      'unsafe-filename',
      '-rf',
    ],
    ['a file name with a blank', helloChanges({}, [dsc, { ...orig, name: 'a b' }]), 'unsafe-filename', ''],
    [
      'a file name of 300 letters',
      helloChanges({}, [dsc, { ...orig, name: 'a'.repeat(300) }]),
      'unsafe-filename',
      'aaa',
    ],
    ['a file name with NUL', helloChanges({}, [dsc, { ...orig, name: 'a\0b' }]), 'malformed-control-data', 'U+0000'],
    [
      '1,000 files',
      helloChanges({}, [dsc, ...Array.from({ length: 999 }, (_, i) => ({ ...orig, name: `a${i}` }))]),
      'too-many-files',
      '1000',
    ],
    ['source without a .dsc', helloChanges({}, [orig, debian]), 'missing-dsc', '.dsc'],
    ['a .dsc without source', helloChanges({ Architecture: 'amd64' }), 'dsc-mismatch', dsc.name],
    ['two .dsc', helloChanges({}, [dsc, { ...dsc, name: 'hello_1.dsc' }]), 'dsc-mismatch', 'hello_1.dsc'],
    [
      'the .dsc of another version',
      helloChanges({}, [{ ...dsc, name: 'hello_2.10-4.dsc' }]),
      'dsc-mismatch',
      'hello_2.10-4.dsc',
    ],
    ['the .dsc of another source', helloChanges({ Source: 'bye' }), 'dsc-mismatch', 'bye_2.10'],
    ['a source of another version than its own', helloChanges({ Source: 'hello (1)' }), 'dsc-mismatch', ''],
    [
      'a section that leaves its place',
      helloChanges({ Files: fileList(files, 32, '../x optional ') }),
      'malformed-field',
      '../x',
    ],
    ['two paragraphs', `${helloChanges()}\n${helloChanges()}`, 'malformed-control-data', '2 paragraphs'],
    ['nothing', '', 'malformed-control-data', '0 paragraphs'],
  ] as const) {
    it(`is refused with ${what}`, () => {
      const refusal = refused(text);
      assert.equal(refusal.rule, rule);
      assert.ok(refusal.fact.includes(fact), refusal.fact);
      assert.ok(refusal.fact.length < 600 && refusal.remedy !== '');
    });
  }
});
