import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uploadParts } from '../../src/adapters/http/views/upload-page.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { uploadPage } from '../../src/app/pages/upload-page.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import type { UploadId } from '../../src/domain/ids.ts';
import { servedPages } from '../../src/served-pages.ts';
import { stranger } from '../adapters/http/sample-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { asks } from '../support/asks.ts';
import { maintainer, uploadId } from '../support/fixed-examples.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

describe('The page of an upload', () => {
  it('tells its way from the door to the last suite, and no person', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    await asks(daemon, 'migrate', { package: 'hello', distribution: 'trixie-acme-unstable' });
    const upload = daemon.world.uploads.ended[0]?.id ?? ('' as UploadId);
    const page = uploadPage(daemon.world, openMemoryLog(on.store, on.clock.now), daemon.engine.doers);
    const shown = await page(upload, anonymous);
    assert.equal(shown?.verdict, 'accepted');
    assert.equal(shown.result, 'installed');
    assert.deepEqual(
      shown.builds.map(({ architecture, state, seconds }) => [architecture, state, seconds]),
      [
        ['amd64', 'built', 7],
        ['arm64', 'built', 7],
      ],
    );
    assert.deepEqual(
      shown.stops.map(({ distribution, from }) => [distribution, from]),
      [
        ['trixie-acme-unstable', undefined],
        ['trixie-acme-testing', 'trixie-acme-unstable'],
      ],
    );
    assert.equal(shown.happenings[0]?.type, 'PackageMigrated');
    assert.doesNotMatch(JSON.stringify(shown), new RegExp(maintainer));
    assert.equal(await page(uploadId(7), anonymous), undefined);
  });

  it('is where every version leads: to its files, its .changes and what its builds came to', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.open.size === 0);
    const log = openMemoryLog(on.store, on.clock.now);
    const surroundings = {
      confinement: { network: true, processes: true, bounds: true },
      place: { builder: 'ernie', room: 1, tags: [] },
      clock: on.clock,
    } as const;
    const { url } = await serve(test, { ...servedPages(daemon.engine, log, surroundings), files: on.files, log });
    const read = async (path: string) => (await fetch(new URL(path, url))).text();
    const of = await read('/mini_buildd/packages/hello');
    const { 1: path = assert.fail('a version leads nowhere') } =
      /href="(\/mini_buildd\/uploads\/acme\/[^"]+)"/.exec(of) ?? [];
    const page = await read(path);
    assert.match(page, /<h1>Upload of .*hello/);
    for (const { name, size, sha256 } of eventsOf(on, 'UploadReceived').flatMap(({ changes, files }) => [
      changes,
      ...files,
    ]))
      assert.match(page, new RegExp(`>${name.replaceAll(/[.+~]/g, '\\$&')}<[^]*${size}[^]*${sha256}`), name);
    const [, dsc = assert.fail('no .dsc to fetch')] =
      /href="(\/repositories\/acme\/pool\/[^"]+\.dsc)"/.exec(page) ?? [];
    assert.match(dsc, /\/h\/hello\/hello_/);
    assert.match(page, /<pre[^>]*>[^<]*Distribution: trixie-acme-unstable/);
    const [, changes = assert.fail('no .changes to fetch')] =
      /href="(\/log\/acme\/hello\/[^"]+\.changes)"/.exec(page) ?? [];
    assert.match(await read(changes), /^Distribution: trixie-acme-unstable/m);
    assert.equal(page.match(/aria-label="Log of a(?:md|rm)64"/g)?.length, 2);
  });

  it('tells that it came to nothing, and of one that was rejected', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    on.builder.behave(() => 'fails');
    await daemon.uploads(sourceUpload());
    await daemon.uploads(sourceUpload({ source: 'bye', distribution: 'trixie-acme-nowhere' }));
    await daemon.until(({ uploads }) => uploads.open.size === 0 && uploads.ended.length === 2);
    const page = uploadPage(daemon.world, openMemoryLog(on.store, on.clock.now), daemon.engine.doers);
    const ended = await Promise.all(daemon.world.uploads.ended.map(({ id }) => page(id, anonymous)));
    const failed = ended.find((each) => each?.source === 'hello');
    const rejected = ended.find((each) => each?.source === 'bye');
    assert.deepEqual([failed?.result, failed?.builds[0]?.state, failed?.stops], ['released', 'failed', []]);
    assert.deepEqual([rejected?.verdict, rejected?.builds], ['rejected', []]);
    assert.deepEqual([failed?.canRetry, rejected?.canRetry], [true, false]);
    assert.match(failed?.attempts[0]?.ended?.fact ?? '', /^ftbfs in /);
    assert.deepEqual(
      rejected?.files.map(({ isKept, path }) => [isKept, path]),
      rejected?.files.map(() => [false, undefined]),
    );
    assert.equal(failed?.because, undefined);
    assert.equal(rejected?.because?.rule, 'unknown-distribution');
    const wayOf = (model: unknown) => uploadParts(model as never, undefined, stranger).way.toString();
    assert.match(readOut(wayOf(failed)), /not installed amd64 is failed, .*it came to nothing/);
    const way = wayOf(rejected);
    assert.match(readOut(way), /rejected/);
    assert.match(
      way,
      /class="notice"><strong>[^<]+<\/strong> <span>[^<]+<\/span>.*doc\/refusals#unknown-distribution"/,
    );
  });
});

/** What a screen reader says when it changes. */
const readOut = (part: string): string =>
  /<p aria-live="polite" aria-atomic="true">(.*?)<\/p>/.exec(part)?.[1]?.replace(/<[^>]*>/g, '') ?? '';
