import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uploadsTable } from '../../src/adapters/http/views/uploads-list.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { uploadsList } from '../../src/app/pages/uploads-list.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import { mostEnded } from '../../src/projections/uploads.ts';
import { servedPages } from '../../src/served-pages.ts';
import { otherKey } from '../support/account-examples.ts';
import { asks } from '../support/asks.ts';
import { unstable, uploadId } from '../support/fixed-examples.ts';
import { boot, type Daemon, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { uploadsOfEachKind } from '../support/uploads-of-each-kind.ts';

type List = Awaited<ReturnType<ReturnType<typeof uploadsList>>>;

const listed = async (daemon: Daemon, given: Readonly<Record<string, string>> = {}) => {
  const { json, plain } = await asks(daemon, 'uploads', { page: '1', ...given }, 'none');
  return { ...(json as List), plain: plain ?? '' };
};

const named = ({ items }: Pick<List, 'items'>) => items.map(({ source, state }) => `${source} ${state}`);

describe('The list of uploads', () => {
  it('lets others have their turn while a stranger seeks among all there ever were', async (test) => {
    const daemon = await boot(await machine(test));
    test.after(daemon.kill);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads }) => uploads.ended.length === 1);
    const { every } = daemon.world.uploads;
    const [first] = every.values();
    for (let n = 0; n < 20_000; n += 1)
      every.set(`old${n}` as never, { ...first, source: `golang-github-department-of-packages-${n}-dev` } as never);
    let turns = 0;
    const others = (): void => {
      turns += 1;
      if (turns < 1000) setImmediate(others);
    };
    setImmediate(others);
    // As a regular expression it would go back to every letter three times.
    assert.equal((await listed(daemon, { source: '.*.*.*_' })).found, 0);
    assert.ok(turns >= 20, `others had ${turns} turns`);
    turns = 1000;
    assert.equal((await listed(daemon, { source: '*-1999?-dev' })).found, 10);
  });

  it('has every upload, the last first, and is narrowed by what uploads are', async (test) => {
    const daemon = await uploadsOfEachKind(test);

    const all = await listed(daemon);
    assert.deepEqual(named(all), ['slow accepted', 'unsigned rejected', 'failing failed', 'hello published']);
    assert.deepEqual({ page: all.page, pages: all.pages, found: all.found }, { page: 1, pages: 1, found: 4 });
    assert.match(all.items[1]?.note ?? '', /^[a-z-]+: /);
    assert.match(all.items[2]?.note ?? '', /./);
    assert.equal(all.items[3]?.note, null);
    assert.match(all.plain, /rejected .*unsigned/);
    assert.deepEqual(named(await listed(daemon, { state: 'failed' })), ['failing failed']);
    assert.deepEqual(named(await listed(daemon, { source: 'h*' })), ['hello published']);
    assert.deepEqual(named(await listed(daemon, { version: '9*' })), []);
    assert.equal((await listed(daemon, { distribution: unstable })).found, 4);
    assert.equal((await listed(daemon, { distribution: 'trixie-acme-stable' })).found, 0);
    assert.deepEqual((await asks(daemon, 'uploads', { state: 'lost' })).refused, ['bad-argument']);

    const last = await asks(daemon, 'uploads', { state: 'rejected', distribution: unstable });
    assert.deepEqual(
      (last.json as readonly { readonly source: string }[]).map(({ source }) => source),
      ['unsigned'],
    );
  });

  it('tells staff alone whose key it was that could not upload', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    test.after(daemon.kill);
    await daemon.uploads(sourceUpload({ signedBy: otherKey }));
    await daemon.until(({ uploads }) => uploads.ended.length === 1);
    const log = openMemoryLog(on.store, on.clock.now);
    const pages = servedPages(daemon.engine, log, {
      confinement: { network: true, processes: true, bounds: true },
      place: { builder: 'ernie', room: 1, tags: [] },
      clock: on.clock,
    });
    const [rejected] = daemon.world.uploads.ended;
    const told = async (privilege: 'none' | 'login' | 'staff') => [
      (await asks(daemon, 'uploads', { page: '1' }, privilege)).plain,
      (await asks(daemon, 'uploads', {}, privilege)).plain,
      JSON.stringify((await asks(daemon, 'uploads', {}, privilege)).json),
      JSON.stringify((await pages.upload.page(rejected?.id as never, { ...anonymous, privilege }))?.because),
    ];
    for (const words of await told('staff')) assert.match(words ?? '', new RegExp(`unknown-key.*${otherKey}`, 's'));
    const everybodys = [
      JSON.stringify(pages.home().recent),
      JSON.stringify(pages.verdict(rejected?.received.changes.sha256 as never)),
    ];
    for (const words of [...everybodys, ...(await told('none')), ...(await told('login'))]) {
      assert.match(words ?? '', /unknown-key/);
      assert.doesNotMatch(words ?? '', new RegExp(otherKey));
    }
  });

  it('shows of the longest versions how they begin', () => {
    const version = `1.${'0'.repeat(196)}-1`;
    const upload = { upload: uploadId(1), changes: null, source: 'hello', version, distribution: null } as const;
    const row = uploadsTable([{ ...upload, state: 'rejected', receivedAt: null, note: null }]).toString();
    assert.match(row, /1\.0{58} …/);
    assert.doesNotMatch(row, /0{100}/);
  });

  it('keeps those that everything else forgot, also when the log is read anew', async (test) => {
    const on = await machine(test);
    const first = await boot(on);
    test.after(first.kill);
    const all = mostEnded + 5;
    for (let n = 0; n < all; n += 1) await first.uploads(sourceUpload({ source: `pkg${n}`, signedBy: null }));
    await first.until(({ uploads }) => uploads.every.size === all && uploads.open.size === 0);
    await first.kill();
    const daemon = await boot(on);
    test.after(daemon.kill);
    const last = await listed(daemon, { page: '6' });
    assert.deepEqual({ page: last.page, pages: last.pages, found: last.found }, { page: 6, pages: 6, found: all });
    assert.deepEqual(named(last).slice(-2), ['pkg1 rejected', 'pkg0 rejected']);
    assert.equal(last.items.at(-1)?.changes, 'pkg0_2.10-3~acme13+1_source.changes');
    assert.match(last.plain, /page 6 of 6, 205 in all/);
  });
});
