import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { right } from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import type { BuildrequestReceived } from '../../src/domain/buildrequest/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { RemoteId } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { Statement } from '../../src/domain/remote/statement.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { cancelBuildrequests } from '../../src/reactors/withdraw-builds.ts';
import { amd64, hello, hello3, recorded, sha256, unstable } from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

const other = 'other.example.org:8066' as RemoteId;
const file = (name: string) => ({ name: name as never, size: 1, sha256: sha256(name) });
const request: BuildrequestReceived = {
  type: 'BuildrequestReceived',
  request: sha256('wanted'),
  remote: other,
  ...{ source: hello, version: hello3, distribution: unstable, codename: 'trixie' as never, architecture: amd64 },
  changes: file('hello.changes'),
  tar: file('hello.tar'),
};

/** A buildrequest comes in, recorded by a log whose clock is off by so much; so long `before` `other` said that it waits for nothing. */
const wanted = (off: number, before = 0) => {
  const clock = manualClock();
  const world = newWorld();
  const world$ = new Subject<typeof world>();
  let n = 0;
  const happen = (event: DaemonEvent): void =>
    foldWorld(world, { ...recorded(event, ++n), recordedAt: instant(clock.now() + off) });
  happen({ type: 'RemoteActivated', remote: other, repositories: [], tags: [] });
  const statement = { awaits: new Set() } as unknown as Statement;
  let heardAt = clock.now() - before;
  const heard = () => ({ statement, at: heardAt, progress: new Map() });
  const cancelled: string[] = [];
  const tell = async (command: { readonly command: string }) => {
    cancelled.push(command.command);
    return right([]);
  };
  const duty = cancelBuildrequests(world$, clock, { heard }, tell).subscribe();
  happen({ ...request });
  world$.next(world);
  const hearsNothing = async (milliseconds: number): Promise<void> => {
    clock.advance(milliseconds);
    world$.next(world);
    await new Promise(setImmediate);
  };
  /** So much later it was asked again, and said the same. */
  const hears = async (milliseconds: number): Promise<void> => {
    clock.advance(milliseconds);
    heardAt = clock.now();
    await hearsNothing(0);
  };
  return { cancelled, clock, hears, hearsNothing, end: () => duty.unsubscribe() };
};

describe('A buildrequest that nobody says to wait for', () => {
  for (const off of [-90_000, 0, 600_000])
    it(`ends after a minute of our clock, where that of the log is off by ${off / 1000} s`, async (test) => {
      const { cancelled, hears, end } = wanted(off);
      test.after(end);
      await hears(5_000);
      await hears(54_000);
      assert.deepEqual(cancelled, []);
      await hears(2_000);
      assert.deepEqual(cancelled, ['CancelBuildrequest']);
    });

  it('is not ended by what was said long before it came', async (test) => {
    const { cancelled, hearsNothing, end } = wanted(0, 7_200_000);
    test.after(end);
    await hearsNothing(600_000);
    assert.deepEqual(cancelled, []);
  });

  it('ends after a minute where the clock was set back, and not by what was said before that', async (test) => {
    const { cancelled, hears, hearsNothing, clock, end } = wanted(0);
    test.after(end);
    clock.set(-86_400_000);
    await hearsNothing(1_000);
    assert.deepEqual(cancelled, []);
    await hears(61_000);
    assert.deepEqual(cancelled, ['CancelBuildrequest']);
  });
});
