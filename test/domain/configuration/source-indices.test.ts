import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceConfigured } from '../../../src/domain/configuration/events.ts';
import {
  addressOf,
  binaryIndices,
  isNotAutomatic,
  sourceIndices,
} from '../../../src/domain/configuration/source-indices.ts';
import type { Component } from '../../../src/domain/debian/names.ts';
import { amd64, trixieSources } from '../../support/fixed-examples.ts';

const [digest, other] = ['a'.repeat(64), 'b'.repeat(64)];
const source: SourceConfigured = { ...(trixieSources[0] as SourceConfigured), components: ['main' as Component] };
const list = (...paths: readonly string[]): string =>
  `MD5Sum:\n ${'c'.repeat(32)} 9 main/source/Sources\nSHA256:\n${paths.map((path) => ` ${digest}     12 ${path}\n`).join('')}SHA512:\n ${'d'.repeat(128)} 9 main/source/Sources\n`;
const paths = (found: readonly { readonly path: string }[]) => found.map(({ path }) => path);

describe('The indices of a source', () => {
  it('are those of its components and the architecture, in their smallest form', () => {
    const release = list(
      'main/binary-amd64/Packages',
      'main/binary-amd64/Packages.gz',
      'main/binary-amd64/Packages.xz',
      'main/binary-all/Packages.gz',
      'main/binary-arm64/Packages.xz',
      'contrib/binary-amd64/Packages.xz',
      'main/debian-installer/binary-amd64/Packages.xz',
      'main/source/Sources',
    );
    assert.deepEqual(paths(binaryIndices(source, release, amd64)), [
      'main/binary-amd64/Packages.xz',
      'main/binary-all/Packages.gz',
    ]);
    assert.deepEqual(sourceIndices(source, release), [
      { path: 'main/source/Sources', packing: '', size: 12, sha256: digest },
    ]);
  });

  it('are not those for all architectures where each has those among its own', () => {
    const release = `No-Support-for-Architecture-all: Packages\n${list('main/binary-amd64/Packages.xz', 'main/binary-all/Packages.xz')}`;
    assert.deepEqual(paths(binaryIndices(source, release, amd64)), ['main/binary-amd64/Packages.xz']);
  });

  it('are at the top of a flat archive, and where old security archives had them', () => {
    const flat = { ...source, suite: 'flat/', components: [] };
    assert.deepEqual(paths(binaryIndices(flat, list('Packages.gz', 'Sources'), amd64)), ['Packages.gz']);
    assert.deepEqual(paths(sourceIndices(flat, list('Packages.gz', 'Sources'))), ['Sources']);
    const security = { ...source, removeFromComponents: 'updates/' };
    for (const path of ['main/source/Sources.xz', 'updates/main/source/Sources.xz'])
      assert.deepEqual(paths(sourceIndices(security, list(path))), [path]);
  });

  it('are none that its Release names by another digest than SHA-256, or not at all', () => {
    assert.deepEqual(sourceIndices(source, `SHA512:\n ${other}${other} 9 main/source/Sources\n`), []);
    assert.deepEqual(sourceIndices(source, ''), []);
  });

  it('are asked for by their hash where the archive has them so', () => {
    const [index] = sourceIndices(source, list('main/source/Sources.xz'));
    assert.ok(index !== undefined);
    assert.equal(addressOf(index, ''), 'main/source/Sources.xz');
    assert.equal(addressOf(index, 'Acquire-By-Hash: yes\n'), `main/source/by-hash/SHA256/${digest}`);
    assert.equal(addressOf({ ...index, path: 'Sources' }, 'Acquire-By-Hash: yes\n'), `by-hash/SHA256/${digest}`);
  });

  it('are of a suite that apt takes nothing from by itself where its Release says so', () => {
    assert.ok(isNotAutomatic('Suite: experimental\nNotAutomatic: yes\n'));
    assert.ok(!isNotAutomatic('Suite: unstable\nDescription: NotAutomatic: yes\n'));
  });
});
