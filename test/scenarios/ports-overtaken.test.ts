import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { SourceConfigured, SourceId } from '../../src/domain/configuration/events.ts';
import type { Codename } from '../../src/domain/debian/names.ts';
import { asks } from '../support/asks.ts';
import { type FakeArchiveAnswer, fakeUpstream } from '../support/fake-upstream.ts';
import { configured, trixieSources, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const hour = 3_600_000;
const debian = trixieSources[0] as SourceConfigured;
const archive = debian.uris[0] ?? '';
const pool = 'pool/main/g/goodbye';

/** Another suite of the same archive. */
const suite = (name: string): SourceConfigured => ({
  ...debian,
  id: `debian-${name}` as SourceId,
  suite: name,
  codename: name as Codename,
});

const put = (on: Machine, of: string): string => {
  const upload = sourceUpload({ source: 'goodbye', version: version(of), signedBy: null });
  for (const { name, bytes } of upload.files) on.fetcher.web.set(`${archive}${pool}/${name}`, bytes);
  return on.fetcher.web.get(`${archive}${pool}/goodbye_${of}.dsc`) ?? '';
};

const stanza = (of: string, dsc: string): string =>
  [
    `Package: goodbye\nVersion: ${of}\nDirectory: ${pool}`,
    `Checksums-Sha256:\n ${createHash('sha256').update(dsc).digest('hex')} ${dsc.length} goodbye_${of}.dsc\n`,
  ].join('\n');

/** goodbye 1.0-2 was ported from sid to unstable of acme, where it stands. */
const ported = async (test: TestContext) => {
  const answers = new Map<string, FakeArchiveAnswer>();
  const on = {
    ...(await machine(test, [...configured, suite('sid'), suite('experimental'), { type: 'EngineStarted' }])),
    upstream: fakeUpstream(answers),
  };
  const lives: Daemon[] = [];
  const start = async (): Promise<Daemon> => {
    const daemon = await boot(on);
    lives.push(daemon);
    return daemon;
  };
  test.after(() => lives.at(-1)?.kill());
  const daemon = await start();
  const of = new Map<string, string>();
  const holds = (name: string, what: string): void => {
    of.set(what, of.get(what) ?? put(on, what));
    answers.set(`${archive}dists/${name}/InRelease`, {
      fields: { Codename: name, Suite: name, ...(name === 'experimental' ? { NotAutomatic: 'yes' } : {}) },
      indices: { 'main/source/Sources': stanza(what, of.get(what) ?? '') },
    });
  };
  holds('trixie', '1.0-1');
  holds('sid', '1.0-2');
  holds('experimental', '2.0~rc1-1');
  const published = (as: string) => () =>
    daemon.world.contents.shelves.get(unstable)?.slots.get('goodbye' as never)?.present?.version === as;
  await asks(daemon, 'portext', { dsc: `${archive}${pool}/goodbye_1.0-2.dsc`, distributions: unstable });
  assert.ok(await daemon.until(published('1.0-2~acme13+1')));
  const laterOn = async (live = daemon): Promise<void> => {
    on.clock.leap(6 * hour + 60_000);
    await live.rests();
  };
  return { on, daemon, holds, laterOn, start, published };
};

const offered = async (daemon: Daemon): Promise<string> => (await asks(daemon, 'portupdates')).plain ?? '';

describe('A port from elsewhere', () => {
  it('is offered anew when the release that it came from has a newer version, and no more once that is ported', async (test) => {
    const { on, daemon, holds, laterOn, published } = await ported(test);
    await laterOn();
    assert.equal(await offered(daemon), '', 'sid has it still');
    holds('sid', '1.0-3');
    await laterOn();
    const dsc = `${archive}${pool}/goodbye_1.0-3.dsc`;
    assert.equal(
      await offered(daemon),
      `goodbye 1.0-3 is in debian-sid, newer than 1.0-2, which was ported to trixie-acme-unstable\n  would be ported as 1.0-3~acme13+1: portext ${dsc} trixie-acme-unstable\n`,
    );
    await asks(daemon, 'portext', { dsc, distributions: unstable });
    assert.ok(await daemon.until(published('1.0-3~acme13+1')));
    await laterOn();
    assert.equal(await offered(daemon), '');
    assert.deepEqual(
      eventsOf(on, 'PortOvertaken').map((event) => [event.ported, event.version, event.archive]),
      [['1.0-2', '1.0-3', 'debian-sid']],
    );
  });

  it('is said to be overtaken once for each version, in however many lives', async (test) => {
    const { on, daemon, holds, laterOn, start } = await ported(test);
    holds('sid', '1.0-3');
    await laterOn();
    await laterOn();
    await daemon.kill();
    const again = await start();
    await again.rests();
    await laterOn(again);
    assert.equal(eventsOf(on, 'PortOvertaken').length, 1);
    assert.match(await offered(again), /^goodbye 1\.0-3 is in debian-sid/);
    holds('sid', '1.0-4');
    await laterOn(again);
    assert.equal(eventsOf(on, 'PortOvertaken').length, 2);
    assert.match(await offered(again), /^goodbye 1\.0-4 is in debian-sid/);
  });

  it('is offered from the lowest release that has a newer one, and never from one that apt does not take by itself', async (test) => {
    const { daemon, holds, laterOn } = await ported(test);
    holds('trixie', '1.0-3');
    holds('sid', '1.0-4');
    await laterOn();
    assert.match(await offered(daemon), /^goodbye 1\.0-3 is in debian-trixie/);
  });

  it('is offered no more when something else stands in its place', async (test) => {
    const { daemon, holds, laterOn } = await ported(test);
    holds('sid', '1.0-3');
    await laterOn();
    assert.notEqual(await offered(daemon), '');
    await daemon.uploads(sourceUpload({ source: 'goodbye', version: version('1.0-9~acme13+1') }));
    await daemon.until(
      ({ contents }) =>
        contents.shelves.get(unstable)?.slots.get('goodbye' as never)?.present?.version === '1.0-9~acme13+1',
    );
    assert.equal(await offered(daemon), '');
  });

  it('is told to staff alone', async (test) => {
    const { daemon } = await ported(test);
    assert.deepEqual((await asks(daemon, 'portupdates', {}, 'login')).refused, ['needs-privilege']);
  });
});
