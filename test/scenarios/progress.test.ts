import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { anonymous } from '../../src/domain/account/caller.ts';
import { acme } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const ask = async ({ engine }: Daemon, stream: string) => {
  const answer = await engine.api.run('progress', { stream }, anonymous);
  return isRight(answer) ? (answer.right.json as Record<string, unknown>) : answer.left[0]?.rule;
};

describe('Progress', () => {
  it('is told of an upload while it builds', async (test) => {
    const on = await machine(test);
    on.builder.behave(() => 'hangs');
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 2);
    const [upload] = daemon.world.uploads.open.keys();
    const begun = (await ask(daemon, `upload-${upload}`)) as { ended: boolean; line: string };
    assert.equal(begun.ended, false);
    assert.match(begun.line, /^hello 2\.10-3.* \(trixie-acme-unstable\): accepted amd64:/);
    await daemon.kill();
  });

  it('is told of an upload, its builds and their publication, to the end', async (test) => {
    const daemon = await boot(await machine(test));
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
    const upload = daemon.world.uploads.ended[0]?.id;
    assert.deepEqual(await ask(daemon, `upload-${upload}`), {
      stream: `upload-${upload}`,
      line: 'hello 2.10-3~acme13+1 (trixie-acme-unstable): published amd64:built arm64:built',
      ended: true,
      succeeded: true,
    });
    assert.deepEqual(await ask(daemon, `build-${upload}-amd64`), {
      stream: `build-${upload}-amd64`,
      line: 'hello 2.10-3~acme13+1 amd64: built',
      ended: true,
      succeeded: true,
    });
    assert.deepEqual(await ask(daemon, `repository-${acme}`), {
      stream: `repository-${acme}`,
      line: 'acme: published',
      ended: true,
      succeeded: true,
    });
  });

  it('ends badly for an upload that is rejected, with the reason', async (test) => {
    const daemon = await boot(await machine(test));
    await daemon.uploads(sourceUpload({ distribution: 'trixie-acme-stable' }));
    await daemon.until(({ uploads }) => uploads.ended.length > 0);
    const { line, ended, succeeded } = (await ask(daemon, `upload-${daemon.world.uploads.ended[0]?.id}`)) as never;
    assert.deepEqual([ended, succeeded], [true, false]);
    assert.match(line, /rejected: .*takes packages by migration only/);
  });

  it('is not invented', async (test) => {
    const daemon = await boot(await machine(test));
    for (const stream of [
      'upload-01ARZ3NDEKTSV4RRFFQ69G5FAV',
      'build-x',
      'repository-none',
      'instance',
      'constructor',
    ]) {
      assert.equal(await ask(daemon, stream), 'no-progress');
    }
    assert.ok(isLeft(await daemon.engine.api.run('progress', { stream: '../etc' }, anonymous)));
  });

  it('is named by the answers that begin something', async (test) => {
    const daemon = await boot(await machine(test));
    await daemon.uploads(sourceUpload());
    const answer = await daemon.engine.api.run('uploads', {}, anonymous);
    assert.ok(isRight(answer));
    assert.deepEqual(
      answer.right.follow,
      [...daemon.world.uploads.open.keys()].map((id) => `upload-${id}`),
    );
    await daemon.until(({ uploads }) => uploads.ended.length > 0);
  });
});
