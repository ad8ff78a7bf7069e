import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { ChangeId } from '../../src/domain/ids.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import { streamOf } from '../../src/domain/stream.ts';
import {
  acme,
  distribution,
  eventId,
  hello,
  hello3,
  hello4,
  source,
  unstable,
  version,
} from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Fate, type Machine, machine } from '../support/in-memory-daemon.ts';
import { installedBefore } from '../support/installed.ts';

const testing = distribution('trixie-acme-testing');
const stable = distribution('trixie-acme-stable');
const greet = source('greet');
const oscar = { kind: 'account', name: '5f0c2a9be1d47836' } as const;
const admin: Caller = { actor: oscar, privilege: 'admin', shown: 'session' };

/** hello and greet in unstable, greet in an older version in testing too. */
const twoPackages = async (test: TestContext): Promise<Machine> => {
  const on = await machine(test);
  await installedBefore(on, greet, version('1.0-1~acme13+1'), testing);
  await installedBefore(on, greet, version('1.0-2~acme13+1'), unstable);
  await installedBefore(on, hello, hello3, unstable);
  return on;
};

const run = async (
  daemon: Daemon,
  command: string,
  given: Readonly<Record<string, string>>,
): Promise<readonly Refusal[] | undefined> => {
  const answer = await daemon.engine.api.run(command, given, admin);
  return isLeft(answer) ? answer.left : undefined;
};

const holds = ({ world }: Daemon): readonly (string | undefined)[] =>
  [testing, stable].flatMap((name) =>
    [hello, greet].map((each) => world.contents.shelves.get(name)?.slots.get(each)?.present?.version),
  );

const before = [undefined, '1.0-1~acme13+1', undefined, undefined];
const after = [hello3, '1.0-2~acme13+1', hello3, '1.0-2~acme13+1'];

/** What apt has seen, one publication after the other, as far as it differs. */
const watched = (on: Machine): readonly (readonly (string | undefined)[])[] => {
  const seen: (readonly (string | undefined)[])[] = [];
  const publish = on.archive.publish;
  Object.assign(on.archive, {
    publish: async (...given: Parameters<typeof publish>) => {
      const published = await publish(...given);
      const now = [testing, stable].flatMap((name) =>
        [hello, greet].map(
          (each) =>
            given[0].distributions
              .find((candidate) => candidate.name === name)
              ?.holds.find((held) => held.source === each)?.version,
        ),
      );
      if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
      return published;
    },
  });
  return seen;
};

const stepsOf = (of: string) => [{ deed: 'migrate', version: version(of), from: unstable, to: testing }] as const;

/** A change of which greet has not been seen as it is. */
const staleChange = {
  change: '01JDA000000000000000000001' as ChangeId,
  repository: acme,
  members: [
    { source: hello, seen: 1, steps: stepsOf(hello3) },
    { source: greet, seen: 1, steps: stepsOf('1.0-2~acme13+1') },
  ],
};

/** The log holds it, and the daemon died of it. */
const plannedBefore = async (on: Machine): Promise<void> => {
  const log = openMemoryLog(on.store, on.clock.now);
  const body = { type: 'ChangePlanned', ...staleChange } as const;
  const envelope = { id: eventId(800_000), actor: oscar, causedBy: undefined, correlation: 'example', subject: {} };
  assert.ok(isRight(await log.append(streamOf(body), 'none', [{ ...envelope, body }])));
  await log.close();
};

const everything = { package: 'hello,greet', distribution: unstable, full: 'true' };

describe('A change of several packages', () => {
  it('is done as a whole, and apt sees it as a whole', async (test) => {
    const on = await twoPackages(test);
    const seen = watched(on);
    const daemon = await boot(on);
    assert.equal(await run(daemon, 'migrate', everything), undefined);
    assert.deepEqual(holds(daemon), after);
    await daemon.rests();
    assert.deepEqual(seen, [before, after]);
    const migrated = eventsOf(on, 'PackageMigrated');
    const [completed] = eventsOf(on, 'ChangeCompleted');
    assert.deepEqual(
      migrated.map(({ source: name, to, change }) => [name, to, change]),
      [hello, greet].flatMap((name) => [testing, stable].map((to) => [name, to, completed?.change])),
    );
    assert.equal(daemon.world.changes.open.size, 0);
    assert.ok(
      on.store.events
        .filter(({ body }) => (body as { type: string }).type === 'PackageMigrated')
        .every(({ actor }) => actor.name === oscar.name),
      'each event names who wanted it',
    );
  });

  it('is refused as a whole when one of them cannot', async (test) => {
    const on = await twoPackages(test);
    const daemon = await boot(on);
    const refused = await run(daemon, 'migrate', { ...everything, package: 'hello,greet,absent' });
    assert.deepEqual(
      refused?.map(({ rule }) => rule),
      ['not-there'],
    );
    assert.deepEqual(holds(daemon), before);
    assert.deepEqual(eventsOf(on, 'ChangePlanned'), []);
  });

  it('is abandoned as a whole when one of them changed meanwhile', async (test) => {
    const on = await twoPackages(test);
    const daemon = await boot(on);
    const { tell } = daemon.engine;
    const because = { actor: oscar, causedBy: undefined, correlation: 'example' };
    await tell({ command: 'PlanChange', ...staleChange }, because);
    await daemon.rests();
    assert.deepEqual(
      eventsOf(on, 'ChangeAbandoned').map(({ rule }) => rule),
      ['stale'],
    );
    assert.deepEqual(
      eventsOf(on, 'PackageReleased').map(({ source: name }) => name),
      [hello],
    );
    assert.deepEqual(holds(daemon), before);
    assert.equal(await run(daemon, 'migrate', { package: 'hello', distribution: unstable }), undefined);
  });

  it('may hand a binary package from one source to another', async (test) => {
    const on = await machine(test);
    await installedBefore(on, hello, version('2.9-1~acme13+1'), testing, ['hello', 'greet']);
    await installedBefore(on, hello, hello3, unstable, ['hello']);
    await installedBefore(on, greet, version('1.0-2~acme13+1'), unstable, ['greet']);
    const daemon = await boot(on);
    const alone = await run(daemon, 'migrate', { package: 'greet', distribution: unstable });
    assert.deepEqual(
      alone?.map(({ rule }) => rule),
      ['binary-of-other-source'],
    );
    assert.equal(await run(daemon, 'migrate', { package: 'greet,hello', distribution: unstable }), undefined);
    assert.deepEqual(holds(daemon).slice(0, 2), [hello3, '1.0-2~acme13+1']);
  });

  it('does what an earlier one left to do', async (test) => {
    const daemon = await boot(await twoPackages(test));
    assert.equal(await run(daemon, 'migrate', { package: 'hello', distribution: unstable }), undefined);
    assert.equal(await run(daemon, 'migrate', everything), undefined);
    assert.deepEqual(holds(daemon), after);
    assert.deepEqual(
      (await run(daemon, 'migrate', everything))?.map(({ rule }) => rule),
      ['already-there'],
    );
  });

  it('removes and restores sets too', async (test) => {
    const daemon = await boot(await twoPackages(test));
    const set = { package: 'hello,greet', distribution: unstable };
    const present = () =>
      [hello, greet].map((each) => daemon.world.contents.shelves.get(unstable)?.slots.get(each)?.present?.version);
    assert.equal(await run(daemon, 'remove', set), undefined);
    assert.deepEqual(present(), [undefined, undefined]);
    assert.equal(await run(daemon, 'restore', { ...set, distribution: `${unstable}-rollback0` }), undefined);
    assert.deepEqual(present(), [hello3, '1.0-2~acme13+1']);
  });
});

describe('Commands on one package at the same time', () => {
  it('are each answered once, and the second sees the first', async (test) => {
    const on = await twoPackages(test);
    const daemon = await boot(on);
    const answers = await Promise.all([
      run(daemon, 'migrate', everything),
      run(daemon, 'migrate', { package: 'hello', distribution: unstable }),
      run(daemon, 'remove', { package: 'hello', distribution: unstable }),
      run(daemon, 'migrate', everything),
    ]);
    const done = answers.filter((answer) => answer === undefined).length;
    const events = eventsOf(on, 'ChangeCompleted').length;
    const alone = [...eventsOf(on, 'PackageMigrated'), ...eventsOf(on, 'PackageRemoved')].filter(
      ({ change }) => change === null,
    );
    assert.equal(done, events + alone.length, JSON.stringify(answers));
    assert.ok(done >= 1);
    for (const answer of answers) assert.ok(answer === undefined || answer.length === 1);
    assert.equal(daemon.world.changes.open.size, 0);
  });
});

describe('A lower version', () => {
  it('does not migrate over a higher one, unless it is said that it shall', async (test) => {
    const on = await twoPackages(test);
    await installedBefore(on, hello, hello4, testing);
    const daemon = await boot(on);
    const wanted = { package: 'hello', distribution: unstable };
    assert.deepEqual(
      (await run(daemon, 'migrate', wanted))?.map(({ rule }) => rule),
      ['lower-version'],
    );
    assert.equal(await run(daemon, 'migrate', { ...wanted, 'allow-downgrades': 'true' }), undefined);
    assert.equal(holds(daemon)[0], hello3);
  });
});

describe('A change in whose middle the power fails', () => {
  /** Asks for it in a life with this fate, then lives on. */
  const live = async (on: Machine, fate: Fate): Promise<{ readonly died: boolean; readonly last: Daemon }> => {
    const first = await boot(on, fate);
    let answered: readonly Refusal[] | undefined | 'nothing' = 'nothing';
    void run(first, 'migrate', everything).then((answer) => {
      answered = answer;
    });
    await first.until(({ changes }) => changes.ended.size > 0 && changes.open.size === 0);
    await first.rests();
    const died = first.isDead();
    await first.kill();
    const last = await boot(on);
    await last.until(({ changes }) => changes.open.size === 0);
    await last.rests();
    if (answered === undefined) assert.deepEqual(holds(last), after, 'what was answered stays');
    return { died, last };
  };

  const allOrNothing = ({ world, ...daemon }: Daemon, on: Machine): void => {
    const now = holds({ world, ...daemon });
    const planned = eventsOf(on, 'ChangePlanned').length;
    assert.deepEqual(now, planned === 0 ? before : after);
    const said = eventsOf(on, 'PackageMigrated').length;
    assert.equal(said, planned === 0 ? 0 : 4);
    const claims = eventsOf(on, 'PackageClaimed').length;
    assert.equal(claims, planned === 0 ? 0 : 2, 'each package is claimed once');
    const published = on.archive.seen(acme)?.distributions.find(({ name }) => name === stable)?.holds ?? [];
    assert.equal(published.length, planned === 0 ? 0 : 2, 'apt sees it');
  };

  it('is finished or never begun, wherever it was', async (test) => {
    let deaths = 0;
    const ends = new Set<number>();
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 1) {
        const on = await twoPackages(test);
        const seen = watched(on);
        const { died, last } = await live(on, { n, when });
        try {
          allOrNothing(last, on);
          for (const state of seen)
            assert.ok(
              [before, after].some((whole) => isDeepStrictEqual(state, whole)),
              `apt saw ${state}`,
            );
        } catch (error) {
          throw new Error(`killed ${when} step ${n}`, { cause: error });
        }
        ends.add(eventsOf(on, 'ChangePlanned').length);
        await last.kill();
        if (!died) break;
        deaths += 1;
      }
    }
    test.diagnostic(`${deaths} crash points covered`);
    assert.deepEqual([...ends].sort(), [0, 1], 'some lives ended before the plan, some after');
    assert.ok(deaths >= 14);
  });

  it('is abandoned without a trace, wherever it was, when one of its packages refuses', async (test) => {
    let deaths = 0;
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 1) {
        const on = await twoPackages(test);
        const quiet = await boot(on);
        await quiet.rests();
        await quiet.kill();
        await plannedBefore(on);
        const first = await boot(on, { n, when });
        if (!first.isDead()) await first.rests();
        const died = first.isDead();
        await first.kill();
        const last = await boot(on);
        await last.rests();
        assert.deepEqual(holds(last), before, `killed ${when} step ${n}`);
        assert.equal(eventsOf(on, 'ChangeAbandoned').length, 1);
        assert.equal(eventsOf(on, 'PackageMigrated').length, 0);
        assert.equal(await run(last, 'migrate', everything), undefined, 'its packages are free');
        await last.kill();
        if (!died) break;
        deaths += 1;
      }
    }
    assert.ok(deaths >= 6, `${deaths} crash points`);
  });

  it('in two lives running, too', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const fates = fc.record({ n: fc.integer({ min: 1, max: 9 }), when: fc.constantFrom('before', 'after') });
    for (const [one, two] of fc.sample(fc.tuple(fates, fates), { numRuns: 15, seed })) {
      const on = await twoPackages(test);
      const first = await boot(on, one as Fate);
      void run(first, 'migrate', everything);
      await first.until(({ changes }) => changes.ended.size > 0 && changes.open.size === 0);
      await first.kill();
      const second = await boot(on, two as Fate);
      if (!second.isDead()) await second.rests();
      await second.kill();
      const last = await boot(on);
      await last.until(({ changes }) => changes.open.size === 0);
      await last.rests();
      allOrNothing(last, on);
      await last.kill();
    }
  });
});
