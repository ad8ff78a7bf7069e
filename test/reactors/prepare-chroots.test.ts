import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import { BehaviorSubject } from 'rxjs';
import { preparations } from '../../src/app/preparations.ts';
import type { StoredFile } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { ChrootResult } from '../../src/ports/builder.ts';
import type { Tell } from '../../src/ports/tell.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import type { Fault } from '../../src/reactors/once-each.ts';
import { forBuilds, prepareChroots } from '../../src/reactors/prepare-chroots.ts';
import { fakeChroots } from '../support/fake-chroots.ts';
import {
  amd64,
  chrootConfigured,
  configured,
  now,
  recorded,
  sha256,
  stored,
  trixieConfigured,
  trixieSources,
} from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

const dayInMs = 86_400_000;

/** Only amd64 is wanted, and only this duty works. */
const usual = configured.filter((event) => event.type !== 'ChrootConfigured' || event.architecture === amd64);

const dutyOver = (events: readonly DaemonEvent[] = usual) => {
  const clock = manualClock(now);
  const world = newWorld();
  let n = 0;
  const fold = (event: DaemonEvent): void =>
    foldWorld(world, { ...recorded(event, ++n), recordedAt: new Date(clock.now()).toISOString() as never });
  for (const event of events) fold(event);
  const world$ = new BehaviorSubject(world);
  const reported: DaemonEvent[] = [];
  const tell: Tell = async (command) => {
    assert.ok(command.command === 'Report');
    if (command.event.type !== 'ChrootLogKept') reported.push(command.event);
    fold(command.event);
    world$.next(world);
    return right([]);
  };
  const chroots = fakeChroots();
  const logs: string[] = [];
  const keep = {
    put: async () => {
      const log = stored('chroot-trixie-amd64.log', `printed by preparation ${chroots.prepared.length}`);
      logs.push(log.sha256);
      return log;
    },
    letGo: async (files: readonly StoredFile[]) => {
      for (const { sha256 } of files) if (logs.includes(sha256)) logs.splice(logs.indexOf(sha256), 1);
    },
  };
  const faults: Fault[] = [];
  const start = () =>
    prepareChroots(forBuilds, world$, clock, world, chroots, keep, preparations(), tell).subscribe((fault) =>
      faults.push(fault),
    );
  return {
    clock,
    chroots,
    faults,
    reported,
    logs,
    start,
    configure: fold,
    /** What falls due by the passing of time is looked for now and then. */
    passes: async (milliseconds: number) => {
      clock.advance(milliseconds);
      world$.next(world);
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    },
  };
};

const failure: ChrootResult = { outcome: 'failed', stage: 'download', fact: 'deb.debian.example.org is unreachable' };

describe('Preparing chroots', () => {
  it('makes a template for each configured chroot, once', async () => {
    const { start, passes, chroots, reported } = dutyOver(configured);
    start();
    await passes(60_000);
    assert.deepEqual(chroots.prepared, ['trixie-amd64', 'trixie-arm64']);
    assert.deepEqual(
      reported.map(({ type }) => type),
      ['ChrootPrepared', 'ChrootPrepared'],
    );
  });

  it('makes it anew when it is a week old', async () => {
    const { start, passes, chroots } = dutyOver();
    start();
    await passes(0);
    await passes(7 * dayInMs);
    assert.equal(chroots.prepared.length, 1);
    await passes(60_000);
    assert.equal(chroots.prepared.length, 2);
  });

  it('keeps what the last preparation printed, and that alone', async () => {
    const { passes, start, chroots, logs } = dutyOver();
    start();
    await passes(0);
    for (let week = 0; week < 4; week += 1) await passes(8 * dayInMs);
    assert.equal(chroots.prepared.length, 5);
    assert.deepEqual(logs, [sha256('printed by preparation 5')]);
  });

  it('makes it anew when it is as old as its distribution says', async () => {
    const { start, passes, chroots } = dutyOver(
      usual.map((event) => (event.type === 'DistributionConfigured' ? { ...event, chrootDays: 2 } : event)),
    );
    start();
    await passes(0);
    await passes(2 * dayInMs);
    assert.equal(chroots.prepared.length, 1);
    await passes(60_000);
    assert.equal(chroots.prepared.length, 2);
  });

  it('makes it anew when it was configured otherwise', async () => {
    const { start, passes, chroots, configure } = dutyOver();
    start();
    await passes(1000);
    configure({ ...chrootConfigured(), include: [] });
    await passes(1000);
    assert.equal(chroots.prepared.length, 2);
  });

  it('says why it failed, and tries again a minute later', async () => {
    const { start, passes, chroots, reported } = dutyOver();
    chroots.behave(() => failure);
    start();
    await passes(0);
    await passes(59_999);
    assert.equal(chroots.prepared.length, 1);
    assert.deepEqual(reported, [
      {
        type: 'ChrootFailed',
        codename: 'trixie',
        architecture: 'amd64',
        stage: 'download',
        fact: 'deb.debian.example.org is unreachable',
      },
    ]);
    await passes(1);
    assert.equal(chroots.prepared.length, 2);
  });

  it('makes it anew when what it draws from was configured otherwise, with certificates where they are needed', async () => {
    const { start, passes, chroots, configure } = dutyOver();
    start();
    await passes(0);
    assert.deepEqual(chroots.included(), ['fakeroot', 'debhelper']);
    for (const source of trixieSources) configure({ ...source, uris: ['https://deb.debian.example.org/debian'] });
    await passes(1000);
    assert.equal(chroots.prepared.length, 2);
    assert.deepEqual(chroots.included(), ['fakeroot', 'debhelper', 'ca-certificates']);
  });

  it('fails without a source to make it from', async () => {
    const { start, passes, chroots, reported } = dutyOver(usual.filter((event) => event !== trixieConfigured));
    start();
    await passes(1000);
    assert.deepEqual(chroots.prepared, []);
    assert.equal(reported[0]?.type === 'ChrootFailed' && reported[0].fact, 'no source is configured for trixie');
  });

  it('says nothing about a chroot when the preparation itself could not be asked for', async () => {
    const { start, passes, chroots, reported, faults } = dutyOver();
    chroots.behave(() => {
      throw new Error('the root helper does not answer');
    });
    start();
    await passes(500);
    assert.deepEqual(reported, []);
    assert.equal(String(faults[0]?.error), 'Error: the root helper does not answer');
  });
});
