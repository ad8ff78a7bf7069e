import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import { BehaviorSubject } from 'rxjs';
import { instant } from '../../src/domain/codec.ts';
import type { SourceConfigured, SourceId } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { Tell } from '../../src/ports/tell.ts';
import { withBestArchives } from '../../src/projections/sources.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { checkSources, mostFollowed } from '../../src/reactors/check-sources.ts';
import type { Fault } from '../../src/reactors/once-each.ts';
import { type FakeArchiveAnswer, fakeUpstream } from '../support/fake-upstream.ts';
import {
  chrootConfigured,
  chrootPrepared,
  now,
  recorded,
  trixieConfigured,
  trixieSources,
} from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

const [fast, slow] = ['http://fast.example.org/debian/', 'http://slow.example.org/debian/'];
const trixie: SourceConfigured = { ...(trixieSources[0] as SourceConfigured), uris: [slow, fast] };
const hour = 3_600_000;
const away: FakeArchiveAnswer = { refused: refusal('unreachable-archive', 'no answer', 'wait') };

const dutyOver = () => {
  const clock = manualClock(now);
  const world = newWorld();
  let n = 0;
  const fold = (event: DaemonEvent): void => {
    n += 1;
    foldWorld(world, recorded(event, n));
    world$.next(world);
  };
  const world$ = new BehaviorSubject(world);
  const told: DaemonEvent[] = [];
  const logIsAway = { now: false };
  const tell: Tell = async (command) => {
    if (logIsAway.now) throw new Error('the log is away');
    assert.ok(command.command === 'Report');
    told.push(command.event);
    fold(command.event);
    return right([]);
  };
  const answers = new Map<string, FakeArchiveAnswer>([[`${fast}dists/trixie/InRelease`, { milliseconds: 2 }]]);
  const looks = { count: 0, meanwhile: (): void => undefined };
  const followed: string[] = [];
  const isWell = { now: true };
  /** Archives whose lists trickle: nobody comes to their end before they are let go. */
  const trickling = new Map<string, Promise<void>>();
  const follows = async (uri: string): Promise<boolean> => {
    followed.push(uri);
    await trickling.get(uri);
    return isWell.now;
  };
  const fake = fakeUpstream(answers);
  const upstream = {
    ...fake,
    release: (...given: Parameters<typeof fake.release>) => {
      looks.count += 1;
      looks.meanwhile();
      return fake.release(...given);
    },
  };
  fold(trixie);
  const faults: Fault[] = [];
  const start = () =>
    checkSources(world$, clock, world, upstream, async (seen) => follows(seen.uri), tell).subscribe((fault) =>
      faults.push(fault),
    );
  return {
    world,
    answers,
    told,
    looks,
    faults,
    start,
    logIsAway,
    followed,
    isWell,
    trickling,
    configure: fold,
    passes: async (milliseconds: number) => {
      clock.advance(milliseconds);
      world$.next(world);
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    },
    types: () => told.map(({ type }) => type),
  };
};

describe('Checking sources', () => {
  it('draws from the archive that answers fastest', async () => {
    const { start, passes, world } = dutyOver();
    start();
    await passes(0);
    assert.deepEqual(withBestArchives(world.configuration, world.sources).sources.get(trixie.id)?.uris, [fast]);
  });

  it('looks again every six hours, and says nothing when nothing changed', async () => {
    const { start, passes, types, looks } = dutyOver();
    start();
    await passes(0);
    await passes(5 * hour);
    assert.equal(looks.count, 2);
    await passes(hour);
    assert.equal(looks.count, 4);
    assert.deepEqual(types(), ['SourceChecked']);
  });

  it('says once that a source failed, looks sooner, and lets it heal by itself', async () => {
    const { start, passes, types, answers, world } = dutyOver();
    for (const uri of [fast, slow]) answers.set(`${uri}dists/trixie/InRelease`, away);
    start();
    for (let minutes = 0; minutes < 30; minutes += 10) await passes(hour / 6);
    assert.deepEqual(types(), ['SourceCheckFailed']);
    assert.equal(world.sources.get(trixie.id)?.failed?.unusable[0]?.because.fact, 'no answer');
    answers.clear();
    await passes(hour);
    assert.deepEqual(types(), ['SourceCheckFailed', 'SourceChecked']);
    assert.equal(world.sources.get(trixie.id)?.failed, undefined);
  });

  it('looks as often as the source says', async () => {
    const { start, passes, looks, configure } = dutyOver();
    configure({ ...trixie, checkHours: 2 });
    start();
    await passes(0);
    await passes(hour);
    assert.equal(looks.count, 2);
    await passes(hour);
    assert.equal(looks.count, 4);
  });

  it('asks an archive that gives nothing ever less often, as often as usual in the end, and anew once it gave something', async () => {
    const { start, passes, looks, answers } = dutyOver();
    const addresses = [fast, slow].map((uri) => `${uri}dists/trixie/InRelease`);
    for (const address of addresses) answers.set(address, away);
    start();
    await passes(0);
    const pauses: number[] = [];
    let last = 0;
    for (let minutes = 10; minutes <= 48 * 60; minutes += 10) {
      const before = looks.count;
      await passes(hour / 6);
      if (looks.count === before) continue;
      pauses.push(minutes - last);
      last = minutes;
    }
    assert.deepEqual(pauses.slice(0, 8), [10, 20, 40, 80, 160, 320, 360, 360]);
    answers.clear();
    await passes(6 * hour);
    for (const address of addresses) answers.set(address, away);
    await passes(6 * hour);
    const before = looks.count;
    await passes(hour / 6);
    assert.equal(looks.count, before + 2);
  });

  it('lets those look into a suite who want something of it, at the archive that builds draw from, and again soon what they could not', async () => {
    const { start, passes, looks, followed, isWell } = dutyOver();
    isWell.now = false;
    start();
    await passes(0);
    assert.deepEqual([followed, looks.count], [[fast], 2]);
    isWell.now = true;
    await passes(hour / 6);
    assert.deepEqual([followed, looks.count], [[fast, fast], 4]);
    await passes(5 * hour);
    assert.equal(looks.count, 4);
  });

  it('looks at others, and into them, and again at the same one, while the lists of one trickle', async () => {
    const { start, passes, followed, looks, trickling, isWell, configure } = dutyOver();
    const other = 'http://other.example.org/debian/';
    let letGo = (): void => undefined;
    trickling.set(
      fast,
      new Promise((resolve) => {
        letGo = resolve;
      }),
    );
    start();
    await passes(0);
    configure({ ...trixie, id: 'other' as SourceId, uris: [other] });
    await passes(0);
    assert.deepEqual([followed, looks.count], [[fast, other], 3]);
    configure({ type: 'SourceCheckRequested', id: trixie.id });
    await passes(1);
    assert.deepEqual([followed, looks.count], [[fast, other], 5]);
    isWell.now = false;
    letGo();
    await passes(0);
    assert.deepEqual(followed, [fast, other, fast], 'what was seen meanwhile');
    isWell.now = true;
    await passes(hour);
    assert.deepEqual(followed, [fast, other, fast, fast]);
    await passes(hour);
    assert.equal(looks.count, 7);
  });

  it('looks into so many at once, and into the others as those come to their ends', async () => {
    const { start, passes, followed, trickling, configure } = dutyOver();
    const others = Array.from({ length: mostFollowed + 2 }, (_, n) => `http://other${n}.example.org/debian/`);
    const letGo: (() => void)[] = [];
    for (const uri of others) trickling.set(uri, new Promise((resolve) => letGo.push(resolve)));
    for (const [n, uri] of others.entries()) configure({ ...trixie, id: `other${n}` as SourceId, uris: [uri] });
    start();
    for (let n = 0; n < 3; n += 1) await passes(0);
    assert.deepEqual(followed, [fast, ...others.slice(0, mostFollowed)]);
    letGo[1]?.();
    await passes(0);
    assert.deepEqual(followed, [fast, ...others.slice(0, mostFollowed + 1)]);
    for (const each of letGo) each();
    await passes(0);
    assert.deepEqual(followed, [fast, ...others]);
    await passes(0);
    assert.equal(followed.length, others.length + 1);
  });

  it('lets nobody look into what is not believed', async () => {
    const { start, passes, followed, answers } = dutyOver();
    for (const uri of [fast, slow]) answers.set(`${uri}dists/trixie/InRelease`, { signedBy: 'a stranger' });
    start();
    await passes(0);
    assert.deepEqual(followed, []);
  });

  it('looks at once when somebody wants it, and says nothing where nothing changed', async () => {
    const { start, passes, types, looks, configure } = dutyOver();
    start();
    await passes(0);
    assert.equal(looks.count, 2);
    configure({ type: 'SourceCheckRequested', id: trixie.id });
    await passes(0);
    assert.equal(looks.count, 4);
    await passes(hour);
    assert.equal(looks.count, 4);
    assert.deepEqual(types(), ['SourceChecked']);
  });

  it('looks again when that is wanted while it looks', async () => {
    const { start, passes, looks, configure } = dutyOver();
    looks.meanwhile = () => {
      if (looks.count === 1) configure({ type: 'SourceCheckRequested', id: trixie.id });
    };
    start();
    await passes(0);
    await passes(1000);
    assert.equal(looks.count, 4);
  });

  it('wants templates made anew whose base suite changed since, once, and not before they are a day old', async () => {
    const { start, passes, types, told, answers, configure, world } = dutyOver();
    const at = (date: string): void => {
      for (const uri of [fast, slow]) answers.set(`${uri}dists/trixie/InRelease`, { fields: { Date: date } });
    };
    for (const event of [trixieConfigured, chrootConfigured(), chrootPrepared()]) configure(event);
    at(new Date(now - 30 * hour).toUTCString());
    start();
    await passes(0);
    await passes(30 * hour);
    assert.deepEqual(types(), ['SourceChecked'], 'it was made of that');
    const changed = now + 29 * hour;
    at(new Date(changed).toUTCString());
    await passes(6 * hour);
    await passes(6 * hour);
    assert.deepEqual(types(), ['SourceChecked', 'ChrootOutdated']);
    const last = told.at(-1);
    assert.ok(last?.type === 'ChrootOutdated');
    assert.equal(last.reason, `trixie changed on ${new Date(changed).toISOString()}`);
    assert.ok(world.templates.get('trixie-amd64')?.isOutdated);
    configure({ ...chrootPrepared(), generation: '2', preparedAt: instant(now + 42 * hour) });
    at(new Date(now + 44 * hour).toUTCString());
    await passes(6 * hour);
    await passes(6 * hour);
    assert.equal(told.length, 2, 'unstable changes several times a day');
    await passes(18 * hour);
    assert.equal(told.length, 3);
  });

  it('takes the word of no archive whose signature is not believed, and none that is no date', async () => {
    const { start, passes, types, answers, configure } = dutyOver();
    for (const event of [trixieConfigured, chrootConfigured(), chrootPrepared()]) configure(event);
    const later = { Date: new Date(now + 40 * hour).toUTCString() };
    answers.set(`${fast}dists/trixie/InRelease`, { fields: later, signedBy: 'a stranger' });
    answers.set(`${slow}dists/trixie/InRelease`, { fields: { Date: 'tomorrow' } });
    start();
    await passes(48 * hour);
    assert.deepEqual(types(), ['SourceChecked']);
  });

  it('takes an archive that others signed for none', async () => {
    const { start, passes, told, answers } = dutyOver();
    answers.set(`${slow}dists/trixie/InRelease`, { signedBy: 'a stranger' });
    start();
    await passes(0);
    const [event] = told;
    assert.ok(event?.type === 'SourceChecked');
    assert.deepEqual(
      event.unusable.map(({ uri, because }) => [uri, because.rule]),
      [[slow, 'unknown-key']],
    );
  });

  it('looks at once when a source is configured otherwise, and at nothing that was removed', async () => {
    const { start, passes, looks, configure, types } = dutyOver();
    start();
    await passes(0);
    configure({ ...trixie, uris: [slow] });
    await passes(1000);
    assert.equal(looks.count, 3);
    assert.deepEqual(types(), ['SourceChecked', 'SourceChecked']);
    configure({ type: 'SourceRemoved', id: trixie.id });
    await passes(24 * hour);
    assert.equal(looks.count, 3);
  });

  it('tells again what the log did not take', async () => {
    const { start, passes, types, logIsAway, faults } = dutyOver();
    logIsAway.now = true;
    start();
    await passes(0);
    assert.equal(faults.length, 1);
    logIsAway.now = false;
    await passes(1000);
    assert.deepEqual(types(), ['SourceChecked']);
  });
});
