import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acme, arm64, hello3, hello4, unstable } from '../support/fixed-examples.ts';
import { boot, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const rejections = (on: Machine): readonly string[] => eventsOf(on, 'UploadRejected').map(({ rule }) => rule);

const held = (on: Machine): readonly string[] =>
  on.archive
    .seen(acme)
    ?.distributions.filter(({ name }) => name === unstable)
    .flatMap(({ holds }) => holds.map(({ source, version }) => `${source} ${version}`)) ?? [];

const allEnded = ({
  uploads,
  builds,
}: {
  uploads: { open: Map<unknown, unknown> };
  builds: { open: Map<unknown, unknown> };
}) => uploads.open.size === 0 && builds.open.size === 0;

describe('An upload', () => {
  it('whose mandatory architecture fails is released, and may be uploaded again', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(({ architecture }) => (architecture === arm64 ? 'fails' : 'succeeds'));
    await daemon.uploads(sourceUpload());
    await daemon.until(allEnded);
    assert.equal(
      eventsOf(on, 'VersionReleased')[0]?.reason,
      'not built on arm64 (ftbfs in build: make: *** [all] Error 2)',
    );
    assert.deepEqual(held(on), []);

    on.builder.behave(() => 'succeeds');
    on.clock.advance(60_000);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    assert.deepEqual(rejections(on), []);
    assert.deepEqual(held(on), [`hello ${hello3}`]);
  });

  it('wins alone when two of the same version arrive at once', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const [one, other] = [sourceUpload(), sourceUpload({ flavour: 'other' })];
    // Which of them is received first nobody knows, nor how long the other takes: until both are judged nothing may be installed.
    on.builder.behave(() => 'hangs');
    await Promise.all([daemon.uploads(one), daemon.uploads(other)]);
    await daemon.until(({ uploads }) => uploads.unjudged.size === 0 && uploads.ended.length === 1);
    assert.equal(eventsOf(on, 'UploadAccepted').length, 1);
    assert.deepEqual(rejections(on), ['version-in-progress']);
    await daemon.kill();

    on.builder.behave(() => 'succeeds');
    const again = await boot(on);
    await again.until(allEnded);
    assert.equal(eventsOf(on, 'PackageInstalled').length, 1);
  });

  it('is told that its version is there when another one of it was installed just before', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(allEnded);
    await daemon.uploads(sourceUpload({ flavour: 'other' }));
    await daemon.until(allEnded);
    assert.deepEqual(rejections(on), ['version-exists']);
    assert.equal(eventsOf(on, 'PackageInstalled').length, 1);
  });

  it('is recognised as a replay after a restart', async (test) => {
    const on = await machine(test);
    const first = await boot(on);
    await first.uploads(sourceUpload());
    await first.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    await first.kill();
    on.clock.advance(60_000);

    const second = await boot(on);
    await second.uploads(sourceUpload());
    await second.until(allEnded);
    assert.deepEqual(rejections(on), ['replay']);
    assert.equal(eventsOf(on, 'PackageInstalled').length, 1);
  });

  it('comes too late when a higher version was installed while it was built', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(({ version }) => (version === hello3 ? 'hangs' : 'succeeds'));
    await daemon.uploads(sourceUpload());
    await daemon.rests();
    await daemon.uploads(sourceUpload({ version: hello4 }));
    await daemon.until(() => eventsOf(on, 'PackageInstalled').length === 1);
    await daemon.kill();

    on.builder.behave(() => 'succeeds');
    const again = await boot(on);
    await again.until(allEnded);
    assert.match(
      eventsOf(on, 'VersionReleased')[0]?.reason ?? '',
      /^overtaken: trixie-acme-unstable got hello 2\.10-4/,
    );
    assert.deepEqual(held(on), [`hello ${hello4}`]);
  });

  it('is released when one of its binary packages belongs to another source', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.makes('hello-traditional', ['hello']);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    await daemon.uploads(sourceUpload({ source: 'hello-traditional' }));
    await daemon.until(allEnded);
    assert.match(eventsOf(on, 'VersionReleased')[0]?.reason ?? '', /^binary-of-other-source: /);
    assert.deepEqual(held(on), [`hello ${hello3}`]);
  });
});
