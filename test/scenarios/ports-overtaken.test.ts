import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asks } from '../support/asks.ts';
import { unstable, version } from '../support/fixed-examples.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { dscOf, offeredBy as offered, portedFromSid as ported } from '../support/ported-from-sid.ts';
import { sourceUpload } from '../support/source-upload.ts';

describe('A port from elsewhere', () => {
  it('is offered anew when the release that it came from has a newer version, and no more once that is ported', async (test) => {
    const { on, daemon, holds, laterOn, published } = await ported(test);
    await laterOn();
    assert.equal(await offered(daemon), '', 'sid has it still');
    holds('sid', '1.0-3');
    await laterOn();
    const dsc = dscOf('goodbye', '1.0-3');
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

  it('whose build failed is not offered again in that version, but in a still newer one, and why says that it failed', async (test) => {
    const { on, daemon, holds, laterOn } = await ported(test);
    holds('sid', '1.0-3');
    await laterOn();
    on.builder.behave(() => 'fails');
    await asks(daemon, 'portext', { dsc: dscOf('goodbye', '1.0-3'), distributions: unstable });
    assert.ok(await daemon.until(() => eventsOf(on, 'BuildFailed').length > 0));
    await laterOn();
    assert.equal(await offered(daemon), '');
    const why = (await asks(daemon, 'why', { builds: 'goodbye' })).plain ?? '';
    assert.match(why, /port of goodbye 1\.0-3 from \S+ to trixie-acme-unstable, as 1\.0-3~acme13\+1/);
    assert.match(why, /came to nothing: not built on amd64 \(ftbfs in build: /);
    holds('sid', '1.0-4');
    await laterOn();
    assert.match(
      await offered(daemon),
      /^goodbye 1\.0-4 is in debian-sid, .*\n {2}would be ported as 1\.0-4~acme13\+1: /,
    );
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
