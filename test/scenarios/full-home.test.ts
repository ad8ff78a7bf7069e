import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DiskRoom } from '../../src/domain/disk-room.ts';
import { boot, type Daemon, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const GiB = 1024 ** 3;
const room = (free: number): DiskRoom => ({ free, size: 100 * GiB, freeFiles: 1_000_000, files: 6_000_000 });
const facts = ({ engine }: Daemon): readonly string[] =>
  engine.concerns().map(({ severity, fact }) => `${severity}: ${fact}`);

describe('A home without room', () => {
  it('is said, before and when it is full, and no build begins until there is room', async (test) => {
    const seen = { now: room(50 * GiB) };
    const on = { ...(await machine(test)), homeRoom: () => seen.now };
    const daemon = await boot(on);
    assert.deepEqual(facts(daemon), []);
    seen.now = room(3 * GiB);
    assert.match(facts(daemon).join(), /^warning: 3 GiB of 100 GiB is free on the disk of the instance/);
    seen.now = room(GiB / 8);
    assert.match(facts(daemon).join(), /^critical: 128 MiB of 100 GiB is free .*: it is full$/);
    seen.now = { ...room(50 * GiB), freeFiles: 100 };
    assert.match(facts(daemon).join(), /^critical: 50 GiB of 100 GiB .*, for 100 files: it is full$/);

    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => builds.open.size === 2);
    await daemon.rests();
    assert.equal(on.builder.runs.length, 0);
    seen.now = room(50 * GiB);
    assert.ok(await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published'));
    assert.deepEqual(facts(daemon), []);
    await daemon.kill();
  });

  it('ends no build for good: it is built again and again until its result has room', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'has no room');
    await daemon.uploads(sourceUpload());
    await daemon.rests();
    const begun = on.builder.runs.length;
    assert.equal(begun, 2, 'one for each architecture');
    on.clock.advance(15_000);
    await daemon.rests();
    assert.equal(on.builder.runs.length, begun, 'not at once');
    for (let n = 0; n < 5; n += 1) {
      on.clock.advance(60_000);
      await daemon.rests();
    }
    assert.ok(on.builder.runs.length >= begun + 5);
    assert.deepEqual([eventsOf(on, 'BuildFailed'), eventsOf(on, 'BuildGivenBack')], [[], []]);
    assert.match(eventsOf(on, 'BuildInterrupted')[0]?.reason ?? '', /ENOSPC/);
    on.builder.behave(() => 'succeeds');
    assert.ok(await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published'));
    await daemon.kill();
  });

  it('is not what the log of a package says of a disk', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    on.builder.behave(() => 'has words of a full disk in its log');
    await daemon.uploads(sourceUpload());
    for (let n = 0; n < 10; n += 1) {
      on.clock.advance(60_000);
      await daemon.rests();
    }
    assert.deepEqual(eventsOf(on, 'BuildInterrupted'), []);
    assert.equal(on.builder.runs.length, 6, 'three for each architecture');
    assert.deepEqual([eventsOf(on, 'BuildGivenBack').length, eventsOf(on, 'BuildFailed').length], [4, 2]);
    await daemon.kill();
  });
});
