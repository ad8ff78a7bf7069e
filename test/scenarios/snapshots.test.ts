import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Either, isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { RepositoryId, Version } from '../../src/domain/debian/names.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import type { Publication } from '../../src/ports/archive.ts';
import type { NotServed } from '../../src/ports/snapshots.ts';
import { acme, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const staff: Caller = { actor: { kind: 'administrator', name: 'host' }, privilege: 'admin', shown: 'nothing' };
const testing = 'trixie-acme-testing' as DistributionName;
const here = '192.0.2.1';
const ofPackage = (source: string, version: string) =>
  sourceUpload({ source, version: `${version}~acme13+1` as Version });

const isSettled = ({ world }: Daemon): boolean =>
  world.uploads.open.size === 0 &&
  world.publications.get(acme)?.published?.upTo === world.publications.get(acme)?.content;

/** Everything apt saw, publication by publication, with a time that means it. */
const story = async (on: Machine, daemon: Daemon) => {
  const seen: { readonly time: string; readonly publication: Publication }[] = [];
  const settle = async (): Promise<void> => {
    await daemon.until(() => isSettled(daemon));
    const publication = on.archive.seen(acme);
    assert.ok(publication !== undefined);
    seen.push({ time: compactMoment(instant(on.clock.now())), publication });
    on.clock.advance(3_600_000);
  };
  const upload = async (source: string, version: string): Promise<void> => {
    await daemon.uploads(ofPackage(source, version));
    await settle();
  };
  const command = async (name: string, given: Readonly<Record<string, string>>): Promise<void> => {
    const answer = await daemon.engine.api.run(name, given, staff);
    assert.ok(isRight(answer), JSON.stringify(answer));
    await settle();
  };
  await settle();
  await upload('hello', '2.10-3');
  await upload('tree', '1.0-1');
  await upload('hello', '2.10-4');
  await command('migrate', { package: 'hello', distribution: unstable });
  await command('remove', { package: 'hello', distribution: unstable });
  await command('restore', { package: 'hello', distribution: `${unstable}-rollback1` });
  await command('remove', { package: 'tree', distribution: unstable });
  await command('remove', { package: 'hello', distribution: `${unstable}-rollback0` });
  return seen;
};

const afterAll = async (test: TestContext) => {
  const on = await machine(test);
  const daemon = await boot(on);
  test.after(daemon.kill);
  return { on, daemon, seen: await story(on, daemon) };
};

const kind = (answer: Either<NotServed, unknown>): string =>
  isLeft(answer) ? `${answer.left.kind} ${answer.left.because.rule}` : 'served';

describe('A past state', () => {
  it('is what apt saw then, rollback distributions and dates included', async (test) => {
    const { on, daemon, seen } = await afterAll(test);
    const { snapshots } = daemon.engine;
    assert.ok(new Set(seen.map(({ publication }) => JSON.stringify(publication.distributions))).size > 6);
    for (const { time, publication } of seen) {
      const names = await snapshots.distributions(acme, time, here);
      assert.deepEqual(
        isRight(names) && names.right,
        publication.distributions.map(({ name }) => name),
      );
      for (const distribution of publication.distributions) {
        const tree = await snapshots.tree(acme, time, distribution.name, here);
        assert.ok(isRight(tree), kind(tree));
        const made = on.archive.snapshot(tree.right);
        assert.deepEqual(made?.distribution, distribution, `${distribution.name} at ${time}`);
        assert.equal(made?.date, publication.date);
        on.clock.advance(10_000);
      }
    }
  });

  it('is listed by its time, and each time that is listed is served', async (test) => {
    const { on, daemon } = await afterAll(test);
    const { snapshots } = daemon.engine;
    assert.deepEqual(snapshots.repositories(), [acme]);
    assert.equal(snapshots.times('nosuch' as RepositoryId), undefined);
    const all = snapshots.times(acme) ?? assert.fail();
    const times = all.slice(0, all.names + all.times);
    assert.ok(times.length > 6, times.join(' '));
    for (const time of times) {
      const names = await snapshots.distributions(acme, time, here);
      assert.equal(kind(names), 'served', time);
      on.clock.advance(60_000);
    }
    const [first = ''] = times;
    const named = await daemon.engine.api.run(
      'snapshot',
      { action: 'name', repository: acme, time: first, name: 'freeze' },
      staff,
    );
    assert.ok(isRight(named), JSON.stringify(named));
    await daemon.until(() => snapshots.times(acme)?.slice(0, 1)[0] === 'freeze');
    assert.equal(kind(await snapshots.distributions(acme, 'freeze', here)), 'served');
  });

  it('is the same by any time until the next, and by the id of any event until then', async (test) => {
    const { on, daemon, seen } = await afterAll(test);
    const { snapshots } = daemon.engine;
    const { time } = seen[2] ?? { time: '' };
    const by = async (other: string) => {
      const tree = await snapshots.tree(acme, other, unstable, here);
      return isRight(tree) ? tree.right : kind(tree);
    };
    const publication = daemon.world.published
      .get(acme)
      ?.filter(({ at }) => compactMoment(at) <= time)
      .at(-1);
    assert.ok(publication !== undefined);
    const next = on.store.events.findIndex(({ id }) => id === publication.id) + 1;
    const whole = await by(time);
    assert.match(whole, new RegExp(publication.id));
    assert.equal(await by(compactMoment(instant(Date.parse(publication.at) + 1_800_000))), whole);
    assert.equal(await by(publication.id), whole);
    assert.equal(await by(`${on.store.events[next]?.id}`), whole);
    const first = on.store.events[0]?.id ?? '';
    assert.equal(await by(first), 'unknown before-first-publication');
  });

  it('outlives the daemon that made it', async (test) => {
    const { on, daemon, seen } = await afterAll(test);
    const { time } = seen[3] ?? { time: '' };
    const before = await daemon.engine.snapshots.tree(acme, time, unstable, here);
    await daemon.kill();
    const again = await boot(on);
    test.after(again.kill);
    assert.deepEqual(await again.engine.snapshots.tree(acme, time, unstable, here), before);
  });

  for (const [what, repository, time, distribution, refused] of [
    ['a time before anything was published', acme, '20000101T000000Z', unstable, 'unknown before-first-publication'],
    ['a time to come', acme, '29991231T235959Z', unstable, 'unknown future-time'],
    ['a day that does not exist', acme, '20260230T000000Z', unstable, 'unknown malformed-time'],
    ['what is no time', acme, '..%2f..', unstable, 'unknown malformed-time'],
    ['an event that never happened', acme, '00000000-0000-4000-8000-000000000000', unstable, 'unknown unknown-event'],
    ['a repository nobody has', 'nobodys', '20261122T101500Z', unstable, 'unknown unknown-repository'],
    ['a distribution that was not there', acme, '', 'trixie-acme-nothing', 'unknown no-such-distribution'],
  ] as const) {
    it(`is not served for ${what}`, async (test) => {
      const { daemon, seen } = await afterAll(test);
      const at = time === '' ? (seen.at(-1)?.time ?? '') : time;
      const { tree } = daemon.engine.snapshots;
      assert.equal(kind(await tree(repository as RepositoryId, at, distribution as DistributionName, here)), refused);
    });
  }

  it('is made once for all who ask at the same time', async (test) => {
    const { on, daemon, seen } = await afterAll(test);
    const { time } = seen[4] ?? { time: '' };
    const asked = await Promise.all(
      Array.from({ length: 100 }, () => daemon.engine.snapshots.tree(acme, time, unstable, here)),
    );
    assert.deepEqual(new Set(asked.map(kind)), new Set(['served']));
    assert.equal(on.archive.snapshotsMade(), 1);
  });

  it('is not made for who asks for one after the other, until they waited; others are served', async (test) => {
    const { on, daemon, seen } = await afterAll(test);
    const { tree } = daemon.engine.snapshots;
    const answers: string[] = [];
    for (let n = 0; n < 60; n += 1)
      answers.push(kind(await tree(acme, `00000000-0000-4000-8000-0000000000${n + 10}`, unstable, here)));
    assert.deepEqual(new Set(answers), new Set(['unknown unknown-event', 'busy busy']));
    assert.equal(answers.at(-1), 'busy busy');
    const { time } = seen[1] ?? { time: '' };
    assert.equal(kind(await tree(acme, time, testing, here)), 'busy busy');
    assert.equal(kind(await tree(acme, time, testing, '198.51.100.7')), 'served');
    assert.equal(kind(await tree(acme, time, testing, here)), 'served', 'what is made costs nothing');
    on.clock.advance(60_000);
    assert.equal(kind(await tree(acme, seen[2]?.time ?? '', testing, here)), 'served');
  });
});

describe('The pool of the past', () => {
  it('has every file that was ever published, and no other', async (test) => {
    const { daemon, seen } = await afterAll(test);
    const { poolFile } = daemon.engine.snapshots;
    const held = seen[1]?.publication.distributions.find(({ name }) => name === unstable)?.holds[0];
    assert.ok(held !== undefined);
    const dsc = poolFile(acme, 'pool/main/h/hello/hello_2.10-3~acme13+1.dsc');
    assert.deepEqual(isRight(dsc) && dsc.right, held.dsc);
    for (const path of [
      'pool/main/h/hello/hello_2.10-9~acme13+1.dsc',
      'pool/contrib/h/hello/hello_2.10-3~acme13+1.dsc',
      'pool/main/h/nothing/nothing_1.dsc',
      'pool/main',
      'pool/main/h/hello/../hello/hello_2.10-3~acme13+1.dsc',
    ]) {
      assert.equal(kind(poolFile(acme, path)), 'unknown no-such-file', path);
    }
  });
});
