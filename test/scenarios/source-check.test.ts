import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { asks } from '../support/asks.ts';
import { type FakeArchiveAnswer, fakeUpstream } from '../support/fake-upstream.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';

const given = { action: 'check', name: 'debian-trixie' };

const open = async (test: TestContext, answers = new Map<string, FakeArchiveAnswer>()) => {
  const on = { ...(await machine(test)), upstream: fakeUpstream(answers) };
  const daemon = await boot(on);
  test.after(() => daemon.kill());
  await daemon.rests();
  return { on, daemon, answers };
};

describe('A check of one source', () => {
  it('says what its archive says of itself, and who asked for it is on record', async (test) => {
    const { on, daemon } = await open(test);
    const { plain } = await asks(daemon, 'source', given);
    assert.match(plain ?? '', /^trixie of http\S+: usable\n {2}Signature: by one of the keys of the source\n/);
    assert.match(plain ?? '', / {2}Codename: trixie\n {2}Suite: stable\n/);
    assert.match(plain ?? '', / {2}Architectures: all amd64 arm64\n {2}Components: main contrib\n/);
    assert.deepEqual(
      eventsOf(on, 'SourceCheckRequested').map(({ id }) => id),
      ['debian-trixie'],
    );
  });

  it('only says where it would look when that is asked', async (test) => {
    const { on, daemon } = await open(test);
    const { plain } = await asks(daemon, 'source', { ...given, 'dry-run': 'true' });
    assert.match(plain ?? '', /^would look at trixie of http/);
    assert.equal(eventsOf(on, 'SourceCheckRequested').length, 0);
  });

  it('says why an archive cannot be used, and believes nothing that none of its keys signed', async (test) => {
    const { on, daemon, answers } = await open(test);
    const source = daemon.world.configuration.sources.get('debian-trixie' as never) ?? assert.fail();
    const url = `${source.uris[0]}dists/trixie/InRelease`;
    answers.set(url, { signedBy: 'mallory' });
    const strange = await asks(daemon, 'source', given);
    assert.match(strange.plain ?? '', /: not usable: nobody knows the key of mallory \(add its key\)\n$/);
    answers.set(url, { fields: { Codename: 'forky', Suite: 'testing' } });
    const other = await asks(daemon, 'source', given);
    assert.match(other.plain ?? '', /not usable: its Release has the Codename "forky"[\s\S]*Codename: forky/);
    answers.set(url, { fields: { 'Valid-Until': 'Sat, 01 Jan 2000 00:00:00 UTC' } });
    assert.match((await asks(daemon, 'source', given)).plain ?? '', /valid until Sat, 01 Jan 2000/);
    await daemon.rests();
    assert.equal(eventsOf(on, 'SourceCheckFailed').at(-1)?.id, 'debian-trixie');
  });

  it('is of a source that there is, and for administrators', async (test) => {
    const { daemon } = await open(test);
    assert.deepEqual((await asks(daemon, 'source', { ...given, name: 'debian-none' })).refused, ['no-source']);
    assert.deepEqual((await asks(daemon, 'source', given, 'staff')).refused, ['needs-privilege']);
  });
});
