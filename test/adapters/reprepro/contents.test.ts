import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Contents, difference, parseContents, rowsOf } from '../../../src/adapters/reprepro/contents.ts';
import { binaryFile, poolFiles } from '../../../src/domain/archive/pool-path.ts';
import type { HeldVersion } from '../../../src/ports/archive.ts';
import { distribution, unstable } from './workshop.ts';

const file = (name: string, sum: string) => ({ name, size: 1, sha256: sum.repeat(64) });
const hello = {
  source: 'hello',
  version: '1:2.10-3',
  component: 'main',
  dsc: file('hello.dsc', 'a'),
  sources: [file('hello_2.10.orig.tar.gz', 'c'), file('hello_2.10-3.debian.tar.xz', 'b')],
  binaries: [
    { package: 'hello', version: '1:2.10-3+b1', architecture: 'amd64', component: 'main', file: file('x.deb', 'd') },
    { package: 'hello-doc', version: '1:2.10-3', architecture: 'all', component: 'contrib', file: file('y.deb', 'e') },
  ],
} as unknown as HeldVersion;

describe('contents of a distribution', () => {
  it('have a row for each place in an index, an arch-indep package in every architecture', () => {
    assert.deepEqual(rowsOf(hello, distribution(unstable, [])), [
      ['dsc|main|source|hello', { source: 'hello', digest: ['a', 'b', 'c'].map((sum) => sum.repeat(64)).join(' ') }],
      ['deb|main|amd64|hello', { source: 'hello', digest: 'd'.repeat(64) }],
      ['deb|contrib|amd64|hello-doc', { source: 'hello', digest: 'e'.repeat(64) }],
      ['deb|contrib|i386|hello-doc', { source: 'hello', digest: 'e'.repeat(64) }],
    ]);
  });

  it('are read from what reprepro lists', () => {
    const sums = `${'c'.repeat(64)} 7 hello.dsc\n ${'b'.repeat(64)} 8 hello.tar.gz`;
    const listed = `dsc\x1fmain\x1fsource\x1fhello\x1fhello\x1f\x1f${sums}\x1edeb\x1fmain\x1famd64\x1fhi\x1fhello\x1f${'d'.repeat(64)}\x1f\x1e`;
    assert.deepEqual(
      [...parseContents(listed)],
      [
        ['dsc|main|source|hello', { source: 'hello', digest: `${'b'.repeat(64)} ${'c'.repeat(64)}` }],
        ['deb|main|amd64|hi', { source: 'hello', digest: 'd'.repeat(64) }],
      ],
    );
  });

  it('become the wanted ones by the sources that are taken out and put in, and by no others', () => {
    const source = fc.constantFrom('a', 'b', 'c');
    const contents = fc
      .dictionary(
        fc.constantFrom('p', 'q', 'r', 's'),
        fc.record({ source, digest: fc.constantFrom('1', '2') }, { noNullPrototype: true }),
        {
          noNullPrototype: true,
        },
      )
      .map((rows): Contents => new Map(Object.entries(rows)));
    fc.assert(
      fc.property(contents, contents, (present, wanted) => {
        const change = difference(present, wanted);
        const kept = [...present].filter(([, row]) => !change.out.has(row.source));
        const added = [...wanted].filter(([, row]) => change.in.has(row.source));
        assert.deepEqual(new Map([...kept, ...added]), wanted);
        assert.deepEqual(difference(wanted, wanted), { out: new Set(), in: new Set() });
      }),
    );
  });
});

describe('the pool', () => {
  it('names files after fields, without epoch, below component and prefix of their source', () => {
    assert.deepEqual(
      poolFiles(hello).map(({ path }) => path),
      [
        'pool/main/h/hello/hello_2.10-3.dsc',
        'pool/main/h/hello/hello_2.10.orig.tar.gz',
        'pool/main/h/hello/hello_2.10-3.debian.tar.xz',
        'pool/main/h/hello/hello_2.10-3+b1_amd64.deb',
        'pool/contrib/h/hello/hello-doc_2.10-3_all.deb',
      ],
    );
  });

  for (const [source, prefix] of [
    ['libfoo', 'libf'],
    ['lib3ds', 'lib3'],
    ['lib', 'l'],
    ['0ad', '0'],
  ] as const) {
    it(`keeps ${source} below ${prefix}`, () => {
      const [dsc] = poolFiles({ ...hello, source: source as never });
      assert.equal(dsc?.path, `pool/main/${prefix}/${source}/${source}_2.10-3.dsc`);
    });
  }

  it('tells packages for the installer by the name of their file', () => {
    const [binary] = hello.binaries;
    assert.ok(binary);
    const udeb = { ...binary, file: { ...binary.file, name: 'hello.udeb' } } as typeof binary;
    assert.equal(binaryFile(hello, udeb).name, 'hello_2.10-3+b1_amd64.udeb');
  });
});
