import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { left } from 'fp-ts/lib/Either.js';
import { refusal } from '../../src/domain/refusal.ts';
import { asks } from '../support/asks.ts';
import { type FakeArchiveAnswer, fakeUpstream } from '../support/fake-upstream.ts';
import { trixieSources } from '../support/fixed-examples.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const hour = 3_600_000;
const [base] = trixieSources;
const inRelease = `${base?.uris[0]}dists/trixie/InRelease`;
const packages = 'main/binary-amd64/Packages';

const greet = (version: string, more = ''): string => `Package: libgreet\nVersion: ${version}\n${more}\n`;

/** hello waits for libgreet 2.0 on amd64, where the base suite is to have it one day. */
const waiting = async (test: TestContext) => {
  const answers = new Map<string, FakeArchiveAnswer>();
  const fake = fakeUpstream(answers);
  const asked: string[] = [];
  const times = new Set<AbortSignal>();
  const mirror = { isBehind: false };
  const upstream: typeof fake = {
    ...fake,
    stanzas: (uri, suite, index, isWanted, time) => {
      times.add(time);
      asked.push(`${suite} ${index.at}`);
      if (mirror.isBehind) return Promise.resolve(left(refusal('damaged-index', 'not what the Release says', 'wait')));
      return fake.stanzas(uri, suite, index, isWanted, time);
    },
  };
  const on = { ...(await machine(test)), upstream };
  const isThere = { now: false };
  on.builder.behave(({ architecture }) =>
    architecture === 'amd64' && !isThere.now ? { waitsFor: ['libgreet (>= 2.0)'] } : 'succeeds',
  );
  const daemon = await boot(on);
  await daemon.rests();
  assert.deepEqual(asked, [], 'nobody waits for anything');
  await daemon.uploads(sourceUpload());
  await daemon.until(({ builds }) => builds.depWait.size === 1);
  await daemon.rests();
  return {
    on,
    daemon,
    asked,
    times,
    isThere,
    mirror,
    answers,
    /** The base suite, as it is from now on. */
    holds: (text: string) => answers.set(inRelease, { indices: { [packages]: text, 'main/binary-all/Packages': '' } }),
    tries: () => on.builder.runs.filter(({ architecture }) => architecture === 'amd64').length,
    laterOn: async (live = daemon) => {
      on.clock.leap(6 * hour + 60_000);
      await live.rests();
      on.clock.advance(60_000);
      await live.rests();
    },
  };
};

describe('A build that waits for what a foreign suite does not have', () => {
  it('starts when that has it in a version that fits, before a day has passed', async (test) => {
    const { on, daemon, holds, laterOn, tries, isThere } = await waiting(test);
    holds(`${greet('1.0')}\nPackage: other\nVersion: 2.0\n`);
    await laterOn();
    assert.equal(tries(), 1);
    holds(greet('2.1'));
    isThere.now = true;
    await laterOn();
    const [resumed, ...more] = eventsOf(on, 'BuildResumed');
    assert.deepEqual(more, []);
    assert.deepEqual(resumed?.found, [{ package: 'libgreet', version: '2.1', source: 'debian-trixie' }]);
    assert.equal(resumed?.because, 'libgreet 2.1 is in debian-trixie');
    assert.ok(await daemon.until(({ uploads }) => uploads.ended.some(({ status }) => status === 'published')));
    assert.match((await asks(daemon, 'why', { builds: 'hello' })).plain ?? '', /libgreet 2\.1 is in debian-trixie/);
  });

  it('starts when another package provides it in such a version, and not when in none', async (test) => {
    const { holds, laterOn, tries } = await waiting(test);
    holds('Package: greetings\nVersion: 7\nProvides: libgreet\n');
    await laterOn();
    assert.equal(tries(), 1);
    holds('Package: greetings\nVersion: 7\nProvides: libfoo (= 1), libgreet (= 2.0)\n');
    await laterOn();
    assert.equal(tries(), 2);
  });

  it('is not tried again and again for what did not help, also not by the next life', async (test) => {
    const { on, daemon, holds, laterOn, tries } = await waiting(test);
    holds(greet('2.1'));
    await laterOn();
    assert.equal(tries(), 2);
    holds(greet('2.1', 'Depends: libmissing\n'));
    await laterOn();
    assert.equal(tries(), 2);
    await daemon.kill();
    const again = await boot(on);
    test.after(() => again.kill());
    await again.rests();
    assert.equal(tries(), 2);
    holds(greet('2.2'));
    await laterOn(again);
    assert.equal(tries(), 3);
    assert.equal(eventsOf(on, 'BuildResumed').length, 2);
  });

  it('believes no Release but one that the keys of the source signed', async (test) => {
    const { answers, laterOn, tries, asked } = await waiting(test);
    answers.set(inRelease, { signedBy: 'mallory', indices: { [packages]: greet('2.1') } });
    await laterOn();
    assert.deepEqual([tries(), asked], [1, []]);
  });

  it('starts soon after a mirror has what its Release names, and the journal says what it lacked', async (test) => {
    const { on, daemon, holds, laterOn, tries, mirror } = await waiting(test);
    mirror.isBehind = true;
    holds(greet('2.1'));
    await laterOn();
    assert.equal(tries(), 1);
    assert.ok(daemon.told.includes('debian-trixie: damaged-index: not what the Release says (wait)'));
    mirror.isBehind = false;
    on.clock.advance(hour / 6);
    await daemon.rests();
    on.clock.advance(60_000);
    await daemon.rests();
    assert.equal(tries(), 2);
  });

  it('has no index fetched twice for the same Release, and one time for all of them', async (test) => {
    const { asked, times, holds, laterOn } = await waiting(test);
    holds(greet('1.0'));
    await laterOn();
    const once = [...asked];
    assert.deepEqual(once, [`trixie ${packages}`, 'trixie main/binary-all/Packages']);
    assert.equal(times.size, 1);
    await laterOn();
    assert.deepEqual(asked, once);
  });
});
