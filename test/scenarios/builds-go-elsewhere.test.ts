import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { boot, eventsOf } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';
import {
  acquaint,
  activate,
  chrootsOnly,
  instances,
  type Member,
  pass,
  publisherOnly,
  together,
} from '../support/two-instances.ts';

/** Ernie publishes; grover, whom it is given first, and bert build. */
const three = async (test: TestContext) => {
  const { network, of } = await instances(test, { ernie: publisherOnly, grover: chrootsOnly, bert: chrootsOnly });
  const { ernie, grover, bert } = of;
  const all = [ernie, grover, bert];
  for (const other of [grover, bert]) {
    await acquaint(ernie, other);
    await activate(ernie, other);
  }
  const knows = (there: Member): boolean => {
    const lines = ernie.daemon.engine.administration.machines().remotes;
    const line = lines.find(({ remote }) => remote === there.place);
    return line?.state === 'found' && line.trustsUs === true && line.chroots.length === 2;
  };
  await together(all, () => knows(grover) && knows(bert));
  return { network, ernie, grover, bert, all };
};

/** Grover has the build, and it goes on for ever there. */
const hangingAtGrover = async (test: TestContext) => {
  const found = await three(test);
  const { ernie, grover, all } = found;
  grover.on.guests.behave(() => 'hangs');
  await ernie.daemon.uploads(sourceUpload());
  await together(all, () => eventsOf(grover.on, 'BuildrequestStarted').length === 1);
  return found;
};

const stopped: DaemonEvent = { type: 'EngineStopped', reason: 'disk full' };

const builders = ({ on }: Member) => eventsOf(on, 'BuildAssigned').map(({ builder }) => builder);
const reasons = ({ on }: Member) =>
  eventsOf(on, 'BuildWithdrawn').map(({ builder, reason }) => `${builder}: ${reason}`);
const isPublished = ({ daemon }: Member): boolean => daemon.world.uploads.ended[0]?.status === 'published';

/** Lets time pass as it does: everybody is asked in between. */
const hours = async (all: readonly Member[], many: number, until: () => boolean = () => false): Promise<void> => {
  for (let turn = 0; turn < many * 18 && !until(); turn += 1) await pass(all, 200);
};

describe('A remote that keeps talking and brings nothing', () => {
  it('because it was stopped before it began loses the build', async (test) => {
    const { network, ernie, grover, bert, all } = await three(test);
    network.lose((name) => name.includes('buildrequest'));
    await ernie.daemon.uploads(sourceUpload());
    await together(all, () => eventsOf(ernie.on, 'BuildDispatched').length === 1);
    assert.deepEqual(builders(ernie), [grover.place]);
    await grover.daemon.configure(stopped);
    network.lose(() => false);
    await hours(all, 1, () => isPublished(ernie));
    assert.deepEqual(builders(ernie), [grover.place, bert.place]);
    assert.match(reasons(ernie).join('\n'), /^grover\S+: it is stopped, and did not begin it for 6\d\d s$/);
    assert.equal(eventsOf(grover.on, 'BuildrequestCancelled').length, 1);
  });

  it('because its own builds come first loses the build to who has room, and keeps it while nobody has', async (test) => {
    const { network, ernie, grover, bert, all } = await three(test);
    network.cut(bert.place);
    await together(all, () => eventsOf(ernie.on, 'RemoteLost').length === 1, 5);
    await grover.daemon.kill();
    await ernie.daemon.uploads(sourceUpload());
    await together(all, () => eventsOf(ernie.on, 'BuildDispatched').length === 1);
    grover.daemon = await boot(grover.on, undefined, 0);
    await hours(all, 1);
    assert.deepEqual([builders(ernie), reasons(ernie)], [[grover.place], []]);
    assert.equal(eventsOf(grover.on, 'BuildrequestReceived').length, 1);
    network.heal(bert.place);
    await hours(all, 1, () => isPublished(ernie));
    assert.deepEqual(builders(ernie), [grover.place, bert.place]);
    assert.match(reasons(ernie).join('\n'), /^grover\S+: it did not begin it for \d+ s, and others have room$/);
  });

  it('loses as many of them as others have room for', async (test) => {
    const { network, ernie, grover, bert, all } = await three(test);
    network.cut(bert.place);
    await together(all, () => eventsOf(ernie.on, 'RemoteLost').length === 1, 5);
    await grover.daemon.kill();
    for (const source of ['one', 'two', 'three', 'four']) await ernie.daemon.uploads(sourceUpload({ source }));
    await together(all, () => eventsOf(ernie.on, 'BuildDispatched').length === 4);
    grover.daemon = await boot(grover.on, undefined, 0);
    await bert.daemon.kill();
    bert.daemon = await boot(bert.on, undefined, 2);
    bert.on.guests.behave(() => 'hangs');
    await hours(all, 1);
    assert.deepEqual(reasons(ernie), []);
    network.heal(bert.place);
    await hours(all, 1);
    assert.deepEqual(
      reasons(ernie).map((reason) => /^grover\S+: .* others have room$/.test(reason)),
      [true, true],
    );
    assert.deepEqual(builders(ernie).slice(4), [bert.place, bert.place]);
  });

  it('because its result does not come through loses the build, and both say so', async (test) => {
    const { network, ernie, grover, bert, all } = await three(test);
    network.lose((name) => name.includes('buildresult'));
    await ernie.daemon.uploads(sourceUpload());
    await together(all, () => eventsOf(grover.on, 'BuildresultMade').length === 1);
    await hours(all, 1, () => builders(ernie).length === 2);
    assert.deepEqual(builders(ernie), [grover.place, bert.place]);
    assert.match(reasons(ernie).join('\n'), /^grover\S+: it built it, and for 18\d\d s its result did not come$/);
    await hours(all, 1, () => eventsOf(bert.on, 'BuildresultMade').length === 1);
    await pass(all, 660);
    assert.match(
      bert.daemon.engine
        .concerns()
        .map(({ fact }) => fact)
        .join('\n'),
      /^1 results could not be delivered to ernie\.example\.org:8066, the oldest since /m,
    );
    network.lose(() => false);
    await hours(all, 1, () => isPublished(ernie));
    assert.ok(isPublished(ernie));
    assert.deepEqual(bert.daemon.engine.concerns(), []);
  });

  it('because it builds for longer than it was told it may loses the build', async (test) => {
    const { ernie, grover, bert, all } = await hangingAtGrover(test);
    await hours(all, 1);
    assert.deepEqual(reasons(ernie), []);
    await hours(all, 4, () => isPublished(ernie));
    assert.deepEqual(builders(ernie), [grover.place, bert.place]);
    assert.match(reasons(ernie).join('\n'), /^grover\S+: it has been building it for \d+ s, which is longer than/);
  });
});

describe('A remote that has a build for hours', () => {
  it('keeps it when we start again, and hear of it some seconds later', async (test) => {
    const { ernie, grover, all } = await hangingAtGrover(test);
    await pass(all, 1500);
    await ernie.daemon.kill();
    ernie.daemon = await boot(ernie.on);
    await pass(all, 120);
    assert.deepEqual(reasons(ernie), []);
    assert.equal(eventsOf(grover.on, 'BuildrequestCancelled').length, 0);
  });
});

describe('A build that waits', () => {
  it('goes to another one when the first declined it, and not back to who lost it for an hour', async (test) => {
    const { network, ernie, grover, bert, all } = await three(test);
    grover.on.guests.behave(() => 'rejects');
    bert.on.guests.behave(() => 'hangs');
    await ernie.daemon.uploads(sourceUpload());
    await together(all, () => eventsOf(bert.on, 'BuildrequestStarted').length === 1);
    assert.deepEqual(builders(ernie), [grover.place, bert.place]);
    assert.match(reasons(ernie).join('\n'), /^grover\S+: it declined it: builder-failed/);
    const declined = ernie.on.clock.now();
    network.cut(bert.place);
    grover.on.guests.behave(() => 'succeeds');
    await hours(all, 2, () => reasons(ernie).length === 2);
    assert.match(reasons(ernie)[1] ?? '', /^bert\S+: nothing was heard of it/);
    await hours(all, 2, () => builders(ernie).length > 2);
    assert.deepEqual(builders(ernie), [grover.place, bert.place, grover.place]);
    assert.ok(ernie.on.clock.now() - declined >= 3_600_000, 'an hour has passed');
    await together(all, () => isPublished(ernie));
  });

  it('is not given to who is stopped, however idle, and is as soon as that runs again', async (test) => {
    const { ernie, grover, bert, all } = await three(test);
    for (const { on } of [grover, bert]) on.guests.behave(() => 'hangs');
    await grover.daemon.configure(stopped);
    await pass(all, 20);
    for (const source of ['one', 'two']) {
      await ernie.daemon.uploads(sourceUpload({ source }));
      await pass(all, 20);
    }
    assert.deepEqual(builders(ernie), [bert.place, bert.place]);
    await bert.daemon.configure(stopped);
    await pass(all, 20);
    await ernie.daemon.uploads(sourceUpload({ source: 'three' }));
    await pass(all, 120);
    assert.equal(builders(ernie).length, 2);
    await grover.daemon.configure({ type: 'EngineStarted' });
    await pass(all, 20);
    assert.deepEqual(builders(ernie), [bert.place, bert.place, grover.place]);
  });

  it('is not given to who said nothing for a minute, though nobody said that it is lost', async (test) => {
    const { network, ernie, grover, bert, all } = await three(test);
    for (const { place } of [grover, bert]) network.mute(place);
    await pass(all, 80);
    assert.equal(eventsOf(ernie.on, 'RemoteLost').length, 0);
    await ernie.daemon.uploads(sourceUpload());
    await pass(all, 120);
    assert.deepEqual(builders(ernie), []);
    network.heal(grover.place);
    await together(all, () => isPublished(ernie));
    assert.deepEqual(builders(ernie), [grover.place]);
  });
});
