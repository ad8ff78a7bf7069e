import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sourceFiles } from '../../../src/domain/archive/arrivals.ts';
import type { PackageEvent } from '../../../src/domain/archive/events.ts';
import { type PackageCommand, packageDecider } from '../../../src/domain/archive/package.ts';
import type { FilesLetGo } from '../../../src/domain/retention/events.ts';
import {
  acme,
  debianTar,
  distribution,
  hello,
  hello3,
  hello4,
  helloInstalled,
  helloOrig,
  unstable,
  uploadId,
} from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(packageDecider);
const testing = distribution('trixie-acme-testing');

const loss: FilesLetGo = { type: 'FilesLetGo', repository: acme, source: hello, version: hello3, because: 'retention' };
const { type: _letGo, ...about } = loss;
const letGo = (seen: number): PackageCommand => ({ command: 'LetGoFiles', ...about, seen, former: [] });
const removed = { repository: acme, source: hello, version: hello3, files: 5, bytes: 50 };
const remove: PackageCommand = { command: 'RemoveFiles', ...removed };
const both: readonly PackageEvent[] = [helloInstalled(uploadId(1), hello3), helloInstalled(uploadId(2), hello4)];
const restore = (seen: number): PackageCommand => ({
  command: 'TakeStep',
  repository: acme,
  source: hello,
  seen,
  ownedElsewhere: [],
  step: { deed: 'restore', version: hello3, distribution: unstable, from: null },
});

describe('Letting go of the files of a version', () => {
  it('is said once', () => {
    given(...both)
      .when(letGo(2))
      .thenSaid(loss);
    given(...both, loss)
      .when(letGo(2))
      .thenNothing();
  });
  it('is refused while it stands in a suite', () =>
    given(helloInstalled(uploadId(1), hello3))
      .when(letGo(1))
      .thenRefused('still-held'));
  it('is refused when the package changed since it was looked at: it may stand in a rollback now', () =>
    given(...both)
      .when(letGo(1))
      .thenRefused('stale'));
  it('is refused while a change is about to bring it back', () =>
    given(...both, {
      type: 'PackageClaimed',
      repository: acme,
      source: hello,
      change: '01JDA000000000000000000001' as never,
      steps: [{ deed: 'restore', version: hello3, distribution: testing, from: null }],
    })
      .when(letGo(2))
      .thenRefused('package-claimed'));
  it('is followed by one word that they are gone', () => {
    given(...both)
      .when(remove)
      .thenNothing();
    given(...both, loss)
      .when(remove)
      .thenSaid({ type: 'FilesRemoved', ...removed });
    given(...both, loss, { type: 'FilesRemoved', ...removed })
      .when(remove)
      .thenNothing();
  });
  it('ends every way back', () => {
    given(...both)
      .when(restore(2))
      .thenSaid({
        type: 'PackageRestored',
        repository: acme,
        source: hello,
        version: hello3,
        distribution: unstable,
        from: null,
        change: null,
      });
    given(...both, loss)
      .when(restore(2))
      .thenRefused('files-let-go');
    given(...both, { ...loss, because: 'withdrawal' })
      .when(restore(2))
      .thenRefused('files-withdrawn');
  });
  it('leaves an upload those files to take from the pool that other versions keep', () => {
    const after = (...events: readonly PackageEvent[]) =>
      [...sourceFiles(events.reduce(packageDecider.evolve, packageDecider.initial)).keys()].sort();
    const names = (...files: readonly { readonly name: string }[]) => files.map(({ name }) => name).sort();
    assert.deepEqual(after(...both), names(helloOrig, debianTar(hello3), debianTar(hello4)));
    assert.deepEqual(after(...both, loss), names(helloOrig, debianTar(hello4)));
  });
});
