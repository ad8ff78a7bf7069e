import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { parseUploadOptions } from '../../../src/domain/debian/upload-options.ts';
import { archiveMaintainer, changelogEntry, readPortOptions } from '../../../src/domain/port/changelog-entry.ts';
import { goodSignature, helloPort, instanceConfigured } from '../../support/fixed-examples.ts';

const digests = { sha1: 'a'.repeat(40), sha256: 'b'.repeat(64) };
const us = archiveMaintainer(instanceConfigured);

describe('The changelog entry of a port', () => {
  it('names the original by its digests, and the options', () => {
    const options = ['ignore-lintian=true', 'deb-build-options=nocheck'];
    assert.equal(
      changelogEntry(helloPort({ options }), digests, us),
      [
        'hello (2.10-3~acme13+0) trixie-acme-experimental; urgency=medium',
        '',
        `  * Automated port via mini-buildd (no changes). Original DSC's SHA1: ${'a'.repeat(40)}.`,
        `  * Original DSC's SHA256: ${'b'.repeat(64)}.`,
        '  * MINI_BUILDD_OPTION: ignore-lintian=true',
        '  * MINI_BUILDD_OPTION: deb-build-options=nocheck',
        '',
        ' -- mini-buildd archive acme <mini-buildd@buildd.example.org>  Sun, 22 Nov 2026 10:15:00 +0000',
        '',
        '',
      ].join('\n'),
    );
  });

  it('names the address it came from, and is read with exactly the options asked for', () => {
    const url = 'http://deb.example.org/pool/h/hello_2.10-3.dsc';
    const options = ['ignore-lintian=true', 'internal-apt-priority=500'];
    const text = changelogEntry(
      helloPort({ options, origin: { kind: 'external', url, signature: goodSignature } }),
      digests,
      us,
    );
    assert.match(text, /^ {2}\* External port from: http:\/\/deb\.example\.org\/pool\/h\/hello_2\.10-3\.dsc$/m);
    assert.deepEqual(parseUploadOptions(text), {
      options: [
        { key: 'ignore-lintian', architecture: '', value: 'true' },
        { key: 'internal-apt-priority', architecture: '', value: '500' },
      ],
      refusals: [],
      warnings: [],
    });
  });
});

describe('Options of a port', () => {
  it('stand with | between them', () => {
    assert.deepEqual(
      readPortOptions('run-lintian=false | ignore-lintian=true'),
      right(['run-lintian=false', 'ignore-lintian=true']),
    );
    assert.deepEqual(readPortOptions(''), right([]));
  });

  for (const [written, rule] of [
    ['colour=blue', 'unknown-upload-option'],
    ['ignore-lintian=perhaps', 'invalid-upload-option'],
    ['ignore-lintian=true|ignore-lintian=false', 'duplicate-upload-option'],
    ['ignore-lintian=true\n\n -- somebody', 'invalid-upload-option'],
    ['ignore-lintian=true * MINI_BUILDD_OPTION: auto-ports=sid-x-y', 'invalid-upload-option'],
  ] as const) {
    it(`are refused as ${rule}: ${JSON.stringify(written)}`, () => {
      const read = readPortOptions(written);
      assert.ok(isLeft(read));
      assert.equal(read.left.rule, rule);
    });
  }
});
