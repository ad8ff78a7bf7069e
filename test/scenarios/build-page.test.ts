import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { buildPage } from '../../src/app/pages/build-page.ts';
import { historyPage } from '../../src/app/pages/history-page.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import { type BuildId, buildId, type UploadId } from '../../src/domain/ids.ts';
import type { Position } from '../../src/ports/event-log.ts';
import { servedPages } from '../../src/served-pages.ts';
import { asks } from '../support/asks.ts';
import { maintainer } from '../support/fixed-examples.ts';
import { boot, type Daemon, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const pageOf = (on: Machine, daemon: Daemon) =>
  buildPage(daemon.world, {
    doers: daemon.engine.doers,
    log: openMemoryLog(on.store, on.clock.now),
    place: { builder: 'ernie', room: 2, tags: [] },
    liveLog: on.builder.liveLog,
    now: on.clock.now,
  });

type Page = NonNullable<Awaited<ReturnType<ReturnType<typeof pageOf>>>>;

/** `STAGE state`, as they stand there. */
const stagesOn = ({ stages }: Page): readonly string[] =>
  stages.map(({ stage, state }) => (state === 'over' ? stage : `${stage} ${state}`));

/** Stages of the last attempt that were reached, with the seconds of each. */
const attemptOn = (page: Page | undefined) =>
  (page?.stages ?? [])
    .filter(({ attempt, seconds }) => attempt !== undefined && seconds !== undefined)
    .map(({ stage, seconds }) => [stage, seconds]);

const runningOn = (on: Machine, { engine }: Daemon, build: BuildId) =>
  servedPages(engine, openMemoryLog(on.store, on.clock.now), {
    confinement: { network: true, processes: true, bounds: true },
    place: { builder: 'ernie', room: 2, tags: [] },
    clock: on.clock,
  })
    .home()
    .running.find((each) => each.build === build);

const heading = (title: string): string => `+---+\n| ${title.padEnd(77)}|\n+---+\n`;

/** Both builds of the upload have begun, and hang; that of amd64. */
const atWork = async (daemon: Daemon): Promise<BuildId> => {
  const { open } = daemon.world.builds;
  const begun = await daemon.until(
    () => open.size === 2 && [...open.values()].every(({ status }) => status === 'building'),
  );
  const build = [...open.keys()].find((id) => id.endsWith('-amd64'));
  assert.ok(begun && build !== undefined);
  return build;
};

const isDone = ({ until }: Daemon) => until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);

describe('The page of a build', () => {
  it('tells of attempts, why this builder, and what was made, also in a later life', async (test) => {
    const on = await machine(test);
    const first = await boot(on);
    await first.uploads(sourceUpload());
    await isDone(first);
    const upload = first.world.uploads.ended[0]?.id ?? ('' as UploadId);
    await first.kill();
    const daemon = await boot(on);
    const page = pageOf(on, daemon);
    const built = await page(buildId(upload, 'amd64'), anonymous);
    assert.equal(built?.state, 'built');
    assert.equal(built.source, 'hello');
    assert.equal(built.waits, undefined);
    const [attempt] = built.attempts;
    assert.equal(attempt?.builder, 'ernie');
    assert.equal(attempt.ended?.word, 'built');
    assert.ok((attempt.because ?? '') !== '');
    const deb = built.artifacts.find(({ name }) => name.endsWith('.deb'));
    assert.match(deb?.path ?? '', /^\/repositories\/acme\/pool\/main\/h\/hello\/hello_.*_amd64\.deb$/);
    assert.ok(built.artifacts.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
    assert.equal(built.happenings.at(-1)?.type, 'BuildRequested');
    assert.equal(await page(buildId(upload, 'riscv64'), anonymous), undefined);
    await daemon.kill();
  });

  it('says what failed, and at which attempt', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    const upload = daemon.world.uploads.ended[0]?.id ?? ('' as UploadId);
    const page = pageOf(on, daemon);
    const failed = await page(buildId(upload, 'amd64'), anonymous);
    assert.equal(failed?.state, 'failed');
    assert.deepEqual(
      failed.attempts.map(({ attempt, ended }) => [attempt, ended?.word]),
      [[1, 'failed']],
    );
    assert.deepEqual(failed.artifacts, []);
    assert.ok(failed.canRetry);
    assert.deepEqual(
      failed.stages.filter(({ state }) => state === 'failed').map(({ stage }) => stage),
      ['build'],
    );
    assert.ok(!stagesOn(failed).some((line) => line.includes('install ') || line.includes('publish')));
    await daemon.kill();
  });

  it('says where time went, from the request to what apt sees', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    const upload = daemon.world.uploads.ended[0]?.id ?? ('' as UploadId);
    const built = await pageOf(on, daemon)(buildId(upload, 'amd64'), anonymous);
    assert.ok(built !== undefined);
    assert.deepEqual(stagesOn(built), [
      'waiting',
      'assigned',
      ...['prepare', 'chroot', 'fetch-src', 'install-deps', 'build', 'cleanup'],
      'install',
      'publish',
    ]);
    assert.ok(built.stages.every(({ seconds, from }) => seconds !== undefined && from !== undefined));
    assert.equal(built.stages.find(({ stage }) => stage === 'install-deps')?.seconds, 4);
    await daemon.kill();
  });

  it('tells live what goes on, and what is to come', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'hangs');
    on.builder.writes(() => `${heading('hello 1 (amd64)')}${heading('Fetch source files')}${heading('Build')}`);
    await daemon.uploads(sourceUpload());
    await daemon.rests();
    const build = [...daemon.world.builds.open.keys()].find((id) => id.endsWith('-amd64'));
    assert.ok(build !== undefined);
    const running = await pageOf(on, daemon)(build, anonymous);
    assert.ok(running !== undefined);
    assert.deepEqual(stagesOn(running), [
      ...['waiting', 'assigned', 'prepare', 'chroot', 'fetch-src', 'install-deps passed over', 'build goes on'],
      ...['post-build to come', 'cleanup to come', 'keep to come'],
    ]);
    await daemon.kill();
    const later = await boot(on, undefined, 0);
    const waiting = await pageOf(on, later)(build, anonymous);
    assert.ok(waiting !== undefined);
    assert.deepEqual(stagesOn(waiting).slice(0, 4), ['waiting', 'assigned', 'attempt', 'waiting goes on']);
    assert.match(waiting.stages[3]?.note ?? '', /^again: /);
    assert.equal(stagesOn(waiting)[4], 'prepare to come');
    await later.kill();
  });

  it('counts as the home page does, also when the machine slept meanwhile', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'hangs');
    on.builder.writes(() => `${heading('hello 1 (amd64)')}${heading('Build')}`);
    await daemon.uploads(sourceUpload());
    const build = await atWork(daemon);
    on.clock.advance(60_000);
    assert.deepEqual(attemptOn(await pageOf(on, daemon)(build, anonymous)), [
      ['prepare', 0],
      ['chroot', 0],
      ['build', 60],
    ]);
    on.clock.leap(7_200_000);
    const page = await pageOf(on, daemon)(build, anonymous);
    assert.deepEqual(attemptOn(page), [
      ['unrecorded', 7200],
      ['prepare', 0],
      ['chroot', 0],
      ['build', 60],
    ]);
    assert.equal(runningOn(on, daemon, build)?.elapsed, 7260);
    const last = page?.stages.find(({ state }) => state === 'goes on');
    assert.equal(Date.parse(last?.from ?? '') + 60_000, on.clock.now());
    await daemon.kill();
  });

  it('says how long an attempt was in no stage that its builder told of', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'hangs');
    on.builder.took({ install: 0, build: 2, total: 2, stages: [{ stage: 'build', seconds: 2 }] });
    await daemon.uploads(sourceUpload());
    const build = await atWork(daemon);
    on.clock.advance(600_000);
    for (const each of daemon.world.builds.open.keys()) on.builder.letGo(each);
    await isDone(daemon);
    const told = (type: string): number =>
      on.store.events
        .filter(({ body }) => body.type === type && (body as { readonly build?: string }).build === build)
        .map(({ recordedAt }) => Date.parse(recordedAt))[0] ?? Number.NaN;
    const took = Math.floor((told('BuildSucceeded') - told('BuildStarted')) / 1000);
    assert.ok(took >= 600, 'the clock goes on while others wait for it');
    assert.deepEqual(attemptOn(await pageOf(on, daemon)(build, anonymous)), [
      ['unrecorded', took - 2],
      ['build', 2],
    ]);
    await daemon.kill();
  });

  it('claims to know nothing of stages that nobody recorded', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.took({ install: 4, build: 2, total: 7, stages: [] });
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    const upload = daemon.world.uploads.ended[0]?.id ?? ('' as UploadId);
    const built = await pageOf(on, daemon)(buildId(upload, 'amd64'), anonymous);
    const attempt = (built?.stages ?? []).slice(2, -2);
    assert.deepEqual(
      attempt.map(({ stage, seconds, from }) => [stage, seconds, from]),
      [
        ['install-deps', 4, undefined],
        ['build', 2, undefined],
        ['unrecorded', 0, undefined],
      ],
    );
    await daemon.kill();
  });

  it('leads to the snapshot of then for what stands nowhere any more', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await isDone(daemon);
    const first = buildId(daemon.world.uploads.ended[0]?.id ?? ('' as UploadId), 'amd64');
    const debOf = async (build: typeof first) =>
      (await pageOf(on, daemon)(build, anonymous))?.artifacts.find(({ name }) => name.endsWith('.deb'));
    for (const place of ['', '-rollback0']) {
      const answer = await asks(daemon, 'remove', { package: 'hello', distribution: `trixie-acme-unstable${place}` });
      assert.equal(answer.refused, undefined);
      await daemon.rests();
    }
    assert.match((await debOf(first))?.path ?? '', /^\/snapshots\/acme\/\d{8}T\d{6}Z\/pool\/main\/h\/hello\//);
    await daemon.kill();
  });
});

describe('The page of history', () => {
  it('leaves nothing out from page to page, and names nobody to strangers', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    for (const source of ['hello', 'bye', 'again']) await daemon.uploads(sourceUpload({ source }));
    await isDone(daemon);
    const page = historyPage(
      daemon.world,
      openMemoryLog(on.store, on.clock.now),
      daemon.engine.sealing,
      daemon.engine.doers,
    );
    const seen: string[] = [];
    let before: Position | undefined;
    do {
      const answer = await page(before === undefined ? {} : { before }, anonymous);
      assert.ok(isRight(answer));
      assert.ok(!JSON.stringify(answer.right).includes(maintainer));
      seen.push(...answer.right.happenings.map(({ id }) => id));
      before = answer.right.next;
    } while (before !== undefined);
    const whole = await daemon.engine.api.run('history', { limit: '500' }, anonymous);
    assert.ok(isRight(whole));
    assert.deepEqual(
      (whole.right.json as { events: { id: string }[] }).events.map(({ id }) => id),
      seen,
    );
    assert.ok(seen.length > 20);
    assert.ok(isLeft(await page({ actor: maintainer }, anonymous)));
    await daemon.kill();
  });
});
