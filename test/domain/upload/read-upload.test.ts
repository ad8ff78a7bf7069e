import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { instant } from '../../../src/domain/codec.ts';
import type { FileName, Fingerprint } from '../../../src/domain/debian/names.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { ChangesFacts, type Signature } from '../../../src/domain/upload/events.ts';
import { type Arrival, readUpload } from '../../../src/domain/upload/read-upload.ts';
import { debian, dsc, fileList, helloChanges, helloDsc, orig, stored } from '../debian/hello-upload.ts';

const signedBy = (digit: string): Signature => ({
  status: 'good',
  fingerprint: digit.repeat(40) as Fingerprint,
  signedBy: digit.repeat(40) as Fingerprint,
  signedAt: instant(0),
  digest: 'SHA512',
});

const unauthenticated = (rule: string): Signature => ({
  status: 'unauthenticated',
  because: refusal(rule, 'the fact', 'the remedy'),
});

const changesFile = stored({ name: 'hello_2.10-3~test12+1_source.changes', size: 2000, digit: 'd' });

const arrival = (changes = helloChanges(), dscText = helloDsc()): Arrival => ({
  changes: { file: changesFile, signature: signedBy('A'), signedText: changes },
  files: [dsc, orig, debian].map(stored),
  dsc: { file: stored(dsc), signature: signedBy('A'), signedText: dscText },
});

const rules = (arrived: Arrival): readonly string[] => readUpload(arrived).faults.map(({ rule }) => rule);

const facts = (arrived: Arrival): readonly string[] => readUpload(arrived).faults.map(({ fact }) => fact);

describe('An upload', () => {
  it('without faults is read into its facts', () => {
    const read = readUpload(arrival());
    assert.deepEqual(read.faults, []);
    assert.ok(isRight(ChangesFacts.decode(read.facts)));
    assert.deepEqual(read.facts?.options, [{ key: 'ignore-lintian', architecture: '', value: 'true' }]);
    assert.deepEqual(read.facts?.dsc?.files, [stored(orig), stored(debian)]);
    assert.equal(read.facts?.dsc?.file, dsc.name);
  });

  for (const rule of ['unsigned', 'unknown-key', 'weak-digest', 'signature-age', 'expired-key']) {
    it(`whose signature is "${rule}" has no fault by that: the repository decides`, () => {
      const arrived = arrival();
      const signature = unauthenticated(rule);
      assert.deepEqual(rules({ ...arrived, changes: { ...arrived.changes, signature } }), []);
    });
  }

  for (const rule of [
    'bad-signature',
    'text-outside-signature',
    'malformed-signature',
    'not-clearsigned',
    'not-utf-8',
  ]) {
    it(`whose .changes has no text because of "${rule}" is that fault and no facts`, () => {
      const arrived = arrival();
      const changes = { file: changesFile, signature: unauthenticated(rule), signedText: undefined };
      const read = readUpload({ ...arrived, changes });
      assert.equal(read.facts, null);
      assert.deepEqual(read.faults, [refusal(rule, `${changesFile.name}: the fact`, 'the remedy')]);
    });

    it(`whose .dsc has no text because of "${rule}" is that fault`, () => {
      const arrived = arrival();
      const bad = { file: stored(dsc), signature: unauthenticated(rule), signedText: undefined };
      const read = readUpload({ ...arrived, dsc: bad });
      assert.equal(read.facts?.dsc, null);
      assert.deepEqual(read.faults, [refusal(rule, `${dsc.name}: the fact`, 'the remedy')]);
    });
  }

  it('with a .changes that cannot be read has no facts', () => {
    const read = readUpload(arrival(helloChanges({ Version: undefined })));
    assert.equal(read.facts, null);
    assert.deepEqual(
      read.faults.map(({ rule }) => rule),
      ['missing-field'],
    );
  });

  it('names the file that did not arrive', () => {
    assert.match(
      facts({ ...arrival(), files: [stored(dsc), stored(orig)] })[0] ?? '',
      /^hello_2\.10-3~test12\+1\.debian/,
    );
    assert.deepEqual(rules({ ...arrival(), files: [stored(orig), stored(debian)], dsc: undefined }), ['missing-file']);
  });

  for (const [what, files, digests, field] of [
    ['size', [dsc, { ...orig, size: 1 }, debian], {}, 'the size in Files'],
    ['SHA-256', [dsc, { ...orig, digit: 'e' }, debian], {}, 'Checksums-Sha256'],
    ['SHA-1', [dsc, orig, debian], { md5: 'a'.repeat(32), sha1: 'e'.repeat(40) }, 'Checksums-Sha1'],
    ['MD5', [dsc, orig, debian], { md5: 'e'.repeat(32), sha1: 'a'.repeat(40) }, 'Files'],
  ] as const) {
    it(`names field and file where the ${what} is other than announced`, () => {
      const arrived = {
        ...arrival(),
        files: files.map(stored),
        digests: new Map([[orig.name as FileName, digests]]),
      };
      assert.deepEqual(rules(arrived), ['checksum-mismatch']);
      assert.ok(facts(arrived)[0]?.startsWith(`${orig.name}: ${field} is `), facts(arrived)[0]);
    });
  }

  for (const [what, text] of [
    ['source', helloDsc({ Source: 'hello2' }, [{ ...orig, name: 'hello2_1.tar.gz' }])],
    ['version', helloDsc({ Version: '2.10-4' })],
    ['SHA-256 of a file', helloDsc({}, [{ ...orig, digit: 'e' }, debian])],
    ['MD5 of a file', helloDsc({ Files: fileList([{ ...orig, digit: 'e' }, debian], 32, '') })],
  ] as const) {
    it(`whose .dsc has another ${what} is dsc-mismatch`, () => {
      assert.deepEqual(rules(arrival(helloChanges(), text)), ['dsc-mismatch']);
    });
  }

  it('may leave an orig to the pool', () => {
    const arrived = arrival(helloChanges({}, [dsc, debian]));
    assert.deepEqual(rules({ ...arrived, files: [stored(dsc), stored(debian)] }), []);
  });

  it('whose .dsc is signed by another key is dsc-other-signer, unless that key says nothing here', () => {
    const arrived = arrival();
    const by = (signature: Signature): Arrival => ({
      ...arrived,
      dsc: { file: stored(dsc), signature, signedText: helloDsc() },
    });
    assert.deepEqual(rules(by(signedBy('B'))), ['dsc-other-signer']);
    assert.deepEqual(rules(by(unauthenticated('unknown-key'))), []);
    assert.deepEqual(rules(by(unauthenticated('unsigned'))), []);
  });

  it('puts files before .dsc before options, and at most twenty faults', () => {
    const option = '\n hello (1) x; urgency=low\n .\n   * MINI_BUILDD_OPTION: no=1';
    const arrived = arrival(helloChanges({ Changes: option }), helloDsc({ Version: '2.10-4' }));
    assert.deepEqual(rules({ ...arrived, files: [stored(dsc), stored(orig)] }), [
      'missing-file',
      'dsc-mismatch',
      'unknown-upload-option',
    ]);
    const many = Array.from({ length: 50 }, (_, i) => ({ ...orig, name: `hello_${i}.tar.gz` }));
    assert.equal(rules(arrival(helloChanges({}, [dsc, orig, debian, ...many]))).length, 20);
  });
});
