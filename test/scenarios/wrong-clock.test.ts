import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { instant } from '../../src/domain/codec.ts';
import { versionOf } from '../../src/projections/contents.ts';
import { admin, lostVersions, stored, v, withRollbacks } from '../support/days-go-by.ts';
import { acme, archiveFingerprint, configured, hello } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { addNode, startNode } from '../support/node-in-memory.ts';
import { sourceUpload } from '../support/source-upload.ts';
import {
  acquaint,
  activate,
  chrootsOnly,
  instances,
  onlyAmd64,
  pass,
  publisherOnly,
  together,
} from '../support/two-instances.ts';

const hour = 3_600_000;
const day = 24 * hour;
const year = 365 * day;

const run = async (daemon: Daemon, command: string, given: Readonly<Record<string, string>>) => {
  const answer = await daemon.engine.api.run(command, given, admin);
  assert.ok(isRight(answer), JSON.stringify(answer));
};

const passes = async (on: Machine, daemon: Daemon, milliseconds: number): Promise<void> => {
  on.clock.leap(milliseconds);
  await daemon.rests();
  on.clock.leap(20_000);
  await daemon.rests();
};

/** As long as that, while the machine is awake. */
const lives = async (on: Machine, daemon: Daemon, milliseconds: number): Promise<void> => {
  for (let left = milliseconds; left > 0; left -= hour) {
    on.clock.advance(hour);
    await daemon.rests();
  }
};

/** Three versions of one day, of which retention keeps those that left within a month; and how often sources were looked at. */
const instance = async (test: TestContext) => {
  const made = await machine(test, [...withRollbacks(0), { type: 'EngineStarted' }]);
  let looks = 0;
  const release: Machine['upstream']['release'] = (uri, suite) => {
    looks += 1;
    return made.upstream.release(uri, suite);
  };
  const on: Machine = { ...made, upstream: { ...made.upstream, release } };
  const daemon = await boot(on);
  test.after(() => daemon.kill());
  await run(daemon, 'retention', { repository: acme, versions: '0', days: '30' });
  for (const n of [1, 2, 3]) {
    await daemon.uploads(sourceUpload({ version: v(n), withOrig: n === 1 }));
    await daemon.until(({ contents }) => versionOf(contents, acme, hello, v(n)) !== undefined);
    await passes(on, daemon, 2 * hour);
  }
  return { on, daemon, looks: () => looks };
};

const facts = ({ engine }: Daemon): string =>
  engine
    .concerns()
    .map(({ fact }) => fact)
    .join('\n');

describe('A clock that is a year ahead', () => {
  it('takes no file away when it is put right within a day, and says what waits for that', async (test) => {
    const { on, daemon } = await instance(test);
    on.clock.set(year);
    await lives(on, daemon, 20 * hour);
    assert.deepEqual(lostVersions(on), []);
    assert.match(
      facts(daemon),
      /^the clock of this machine went ahead by 365 days at once: by it files are to be let go/m,
    );
    on.clock.set(-year);
    await lives(on, daemon, 5 * hour);
    assert.doesNotMatch(facts(daemon), /went ahead/);
    for (const n of [1, 2, 3]) assert.equal(await stored(on, daemon, n), 'all');
    await passes(on, daemon, 31 * day);
    await lives(on, daemon, 26 * hour);
    assert.deepEqual(lostVersions(on), [v(1), v(2)], 'they went when it was time');
  });

  it('takes none away when the daemon was started by it', async (test) => {
    const { on, daemon } = await instance(test);
    await daemon.kill();
    on.clock.set(year);
    const again = await boot(on);
    test.after(() => again.kill());
    await lives(on, again, 2 * hour);
    await run(again, 'retention', { repository: acme, versions: '0', days: '29' });
    await again.kill();
    const third = await boot(on);
    test.after(() => third.kill());
    await lives(on, third, 18 * hour);
    assert.deepEqual(lostVersions(on), [], 'nor when it was started again by what it wrote itself');
    assert.match(facts(third), /went ahead by 365 days/);
    await lives(on, third, 6 * hour);
    assert.deepEqual(lostVersions(on), [v(1), v(2)], 'nobody put it right, so it is right');
  });

  it('retires no archive key when it is put right within a day', async (test) => {
    const { on, daemon } = await instance(test);
    await run(daemon, 'archivekey', { action: 'new' });
    const at = instant(on.clock.now() + 90 * day);
    await run(daemon, 'archivekey', { action: 'retire', fingerprint: archiveFingerprint, at });
    on.clock.set(year);
    await lives(on, daemon, 5 * hour);
    assert.match(facts(daemon), /went ahead by 365 days .* a key is to retire/);
    on.clock.set(-year);
    await lives(on, daemon, 5 * hour);
    assert.deepEqual(eventsOf(on, 'ArchiveKeyRetired'), []);
  });
});

describe('A build that was given by a clock that is a year ahead', () => {
  /** A lease, the time to notice it, and a little for what follows. */
  const within = (on: Machine, from: number, lease: number): void => {
    const took = on.clock.awake() - from;
    assert.ok(took <= lease + 60_000, `it took ${took / 1000} s`);
  };

  for (const [who, isRestarted] of [
    ['', false],
    [' by an archive that is restarted then', true],
  ] as const)
    it(`to a node that fell silent goes to another one within a lease of when that is put right${who}`, async (test) => {
      const on = await machine(test, [...configured, onlyAmd64, { type: 'EngineStarted' }]);
      let archive = await boot(on, undefined, 0);
      test.after(() => archive.kill());
      const node = async (name: string) => {
        const started = await startNode(on, await addNode(archive, name), () => archive);
        test.after(started.kill);
        return started;
      };
      on.clock.set(year);
      const bert = await node('bert');
      bert.builder.behave(() => 'hangs');
      await archive.uploads(sourceUpload());
      await archive.until(() => bert.builder.runs.length === 1);
      const oscar = await node('oscar');
      await archive.rests();
      bert.kill();
      on.clock.set(-year);
      if (isRestarted) {
        await archive.kill();
        archive = await boot(on, undefined, 0);
      }
      const from = on.clock.awake();
      assert.ok(await archive.until(() => oscar.builder.runs.length === 1));
      within(on, from, 60_000);
      assert.ok(await archive.until(({ uploads }) => uploads.ended[0]?.status === 'published'));
    });

  for (const [who, isRestarted] of [
    ['', false],
    [' by an instance that is restarted then', true],
  ] as const)
    it(`to a remote that fell silent goes to another one within a lease of when that is put right${who}`, async (test) => {
      const { network, of } = await instances(test, { ernie: publisherOnly, grover: chrootsOnly, bert: chrootsOnly });
      const { ernie, grover, bert } = of;
      const all = [ernie, grover, bert];
      // Who is of another year than the others is not believed: it is the clock of the host of all three.
      const set = (by: number): void => {
        for (const { on } of all) on.clock.set(by);
      };
      set(year);
      for (const other of [grover, bert]) {
        await acquaint(ernie, other);
        await activate(ernie, other);
      }
      await together(all, () =>
        ernie.daemon.engine.administration
          .machines()
          .remotes.every(({ state, trustsUs, chroots }) => state === 'found' && trustsUs && chroots.length === 2),
      );
      for (const { on } of [grover, bert]) on.guests.behave(() => 'hangs');
      await ernie.daemon.uploads(sourceUpload());
      const begun = () => [grover, bert].find(({ on }) => eventsOf(on, 'BuildrequestStarted').length === 1);
      await together(all, () => begun() !== undefined);
      const first = begun();
      assert.ok(first);
      await pass(all, 30);
      network.cut(first.place);
      set(-year);
      if (isRestarted) {
        await ernie.daemon.kill();
        ernie.daemon = await boot(ernie.on);
      }
      const from = ernie.on.clock.awake();
      const second = first === grover ? bert : grover;
      await together(all, () => eventsOf(second.on, 'BuildrequestStarted').length === 1, 5);
      within(ernie.on, from, 600_000);
      const [withdrawn] = eventsOf(ernie.on, 'BuildWithdrawn');
      assert.match(
        `${withdrawn?.builder}: ${withdrawn?.reason}`,
        /^(grover|bert)\S+: nothing was heard of it for 60\d s/,
      );
      assert.equal(withdrawn?.builder, first.place);
    });
});

describe('A clock that is set back by a year', () => {
  it('stops no duty: sources are looked at, and templates made anew, as often as before', async (test) => {
    const { on, daemon, looks } = await instance(test);
    on.clock.set(year);
    await passes(on, daemon, hour);
    on.clock.set(-year);
    const [looked, made] = [looks(), on.chroots.prepared.length];
    for (let n = 0; n < 60; n += 1) await passes(on, daemon, day / 2);
    const sources = daemon.world.sources.size;
    assert.ok(looks() - looked >= 29 * 2 * sources, `${looks() - looked} looks at ${sources} sources`);
    const names = daemon.world.templates.size;
    const times = (on.chroots.prepared.length - made) / names;
    assert.ok(times >= 4 && times <= 6, `each template was made ${times} times in a month`);
    assert.deepEqual(daemon.faults, []);
  });
});

describe('What was published by a clock that was a year ahead', () => {
  const dated = ({ world }: Daemon): number => Date.parse(world.publications.get(acme)?.published?.date ?? '');

  it('is dated anew as soon as that is put right, since no machine whose clock is right takes it', async (test) => {
    const { on, daemon } = await instance(test);
    on.clock.set(year);
    await passes(on, daemon, day);
    assert.ok(dated(daemon) > on.clock.now() - 2 * day, 'indices are signed by whatever clock there is');
    on.clock.set(-year);
    await passes(on, daemon, hour);
    assert.ok(dated(daemon) <= on.clock.now(), facts(daemon));
    assert.doesNotMatch(facts(daemon), /still to come/);
    const [date, published] = [dated(daemon), on.archive.publications()];
    await daemon.uploads(sourceUpload({ version: v(4), withOrig: false }));
    await daemon.until(({ contents }) => versionOf(contents, acme, hello, v(4)) !== undefined);
    await passes(on, daemon, hour);
    assert.equal(on.archive.publications(), published + 1);
    assert.ok(dated(daemon) > date && dated(daemon) <= on.clock.now());
  });

  it('is so by a daemon that was started again meanwhile, and after', async (test) => {
    const { on, daemon } = await instance(test);
    await daemon.kill();
    on.clock.set(year);
    const wrong = await boot(on);
    await passes(on, wrong, hour);
    assert.ok(dated(wrong) > on.clock.now() - day);
    await wrong.kill();
    on.clock.set(-year);
    const again = await boot(on);
    test.after(() => again.kill());
    await passes(on, again, hour);
    assert.ok(dated(again) <= on.clock.now(), facts(again));
  });

  it('stays dated so where the clock is set back to before what was recorded last: it may be that one that is wrong', async (test) => {
    const { on, daemon } = await instance(test);
    on.clock.set(-year);
    await passes(on, daemon, hour);
    const before = dated(daemon);
    await passes(on, daemon, 30 * day);
    assert.equal(dated(daemon), before);
    assert.match(facts(daemon), /dated .* still to come by the clock of this machine/);
  });
});
