import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brokenIn } from '../../../src/adapters/dose/report.ts';

const report = `output-version: 1.2
native-architecture: amd64
report:
 -
  package: e
  version: 1.10
  architecture: amd64
  status: broken
  reasons:
   -
    missing:
     pkg:
      package: a
      version: 1:1.0
      architecture: amd64
      unsat-dependency: b:amd64 (>= 2)
 -
  package: f
  version: 2
  architecture: amd64
  status: broken
  reasons:
   -
    conflict:
     pkg1:
      package: g
      version: 1
 
background-packages: 2
foreground-packages: 3
total-packages: 5
broken-packages: 2
`;

describe('What dose-debcheck says', () => {
  it('names packages, their versions as they are written, and what stands in the way', () =>
    assert.deepEqual(brokenIn(report), [
      { package: 'e', version: '1.10', because: 'a 1:1.0 depends on b:amd64 (>= 2), which is nowhere' },
      { package: 'f', version: '2', because: 'packages that it depends on conflict with each other' },
    ]));
  it('may be that all is well', () =>
    assert.deepEqual(brokenIn('output-version: 1.2\nreport:\n \nbackground-packages: 2\n'), []));
  it('is not understood when it is something else', () => {
    for (const text of ['', 'Fatal error: exception Out_of_memory', 'report: 7\n', '{', 'report:\n - package: [a]\n'])
      assert.equal(brokenIn(text), undefined, text);
  });
});
