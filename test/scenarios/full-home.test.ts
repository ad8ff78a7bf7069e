import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DiskRoom } from '../../src/domain/disk-room.ts';
import { asks } from '../support/asks.ts';
import { amd64, arm64 } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { addNode, type MemoryNode, startNode } from '../support/node-in-memory.ts';
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
    assert.match(
      facts(daemon).join(),
      /^critical: 50 GiB of 100 GiB .*, for 100 files; 10000 files needed: it is full$/,
    );

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

describe('A node without room', () => {
  const home = (free: number) => {
    const seen = { now: room(free) };
    const becomes = (now: number): void => {
      seen.now = room(now);
    };
    return { homeRoom: () => seen.now, becomes };
  };
  const archiveOf = async (test: TestContext) => {
    const on = await machine(test);
    const archive = await boot(on, undefined, 0);
    test.after(archive.kill);
    const nodeOf = async (name: string, more: Parameters<typeof startNode>[3]): Promise<MemoryNode> => {
      const node = await startNode(on, await addNode(archive, name), () => archive, {
        architectures: [amd64, arm64],
        ...more,
      });
      test.after(node.kill);
      return node;
    };
    const pass = async (seconds: number) => {
      for (let n = 0; n < seconds; n += 5) {
        on.clock.advance(5_000);
        await archive.rests();
      }
    };
    const why = async () => (await asks(archive, 'why', { builds: 'hello' })).plain ?? '';
    return { on, archive, nodeOf, pass, why };
  };
  const published = (archive: Daemon) => archive.until(({ uploads }) => uploads.ended[0]?.status === 'published');

  it('is given no build, which waits with that for a reason, and is given it when there is room', async (test) => {
    const { on, archive, nodeOf, pass, why } = await archiveOf(test);
    const disk = home(GiB / 8);
    const bert = await nodeOf('bert', disk);
    await archive.until(({ nodes }) => nodes.get(bert.name)?.process?.full !== undefined);
    await archive.uploads(sourceUpload());
    await archive.until(({ builds }) => builds.open.size === 2);
    await pass(60);
    assert.deepEqual([bert.builder.runs.length, eventsOf(on, 'BuildAssigned').length], [0, 0]);
    const lack = 'node bert has no room: 128 MiB of 100 GiB is free on its disk, for 1000000 files; 256 MiB needed';
    assert.ok(
      (await why()).includes(`it is next where there is a place: bert; ${lack}; free space there`),
      await why(),
    );
    assert.deepEqual(facts(archive), [`warning: ${lack}: its builds go elsewhere`]);
    assert.match(JSON.stringify((await asks(archive, 'status', {})).json), /node bert has no room/);
    const { json } = await asks(archive, 'machines', { kind: 'node', state: 'troubled' });
    assert.match(JSON.stringify(json), /"found":1,.*"name":"bert".*128 MiB of 100 GiB is free on its disk/);
    disk.becomes(50 * GiB);
    assert.ok(await published(archive));
    assert.deepEqual(facts(archive), []);
    assert.deepEqual([eventsOf(on, 'NodeDiskFilled').length, eventsOf(on, 'NodeDiskFreed').length], [1, 1]);
  });

  it('loses what it was given and has not begun to one that has room', async (test) => {
    const { on, archive, nodeOf } = await archiveOf(test);
    const disk = home(50 * GiB);
    const bert = await nodeOf('bert', disk);
    await archive.until(({ nodes }) =>
      ['trixie-amd64', 'trixie-arm64'].every(
        (each) => nodes.get(bert.name)?.templates.builds.get(each)?.prepared !== undefined,
      ),
    );
    await archive.rests();
    disk.becomes(0);
    bert.builder.behave(() => 'hangs');
    bert.sleep();
    await archive.uploads(sourceUpload());
    await archive.until(({ builds }) => [...builds.claimed.values()].some(({ status }) => status === 'assigned'));
    bert.wake();
    const oscar = await nodeOf('oscar', home(50 * GiB));
    assert.ok(await published(archive));
    assert.deepEqual([bert.builder.runs.length, oscar.builder.runs.length], [0, 2]);
    assert.match(
      eventsOf(on, 'BuildInterrupted')[0]?.reason ?? '',
      /^bert: it has no room: nothing of 100 GiB is free/,
    );
  });

  it('for one build lets others have it, and is not given it again and again', async (test) => {
    const { on, archive, nodeOf, pass, why } = await archiveOf(test);
    const bert = await nodeOf('bert', home(50 * GiB));
    bert.builder.behave(() => 'has no room');
    await archive.uploads(sourceUpload());
    await archive.until(() => eventsOf(on, 'BuildWithdrawn').length === 2);
    await pass(600);
    assert.equal(bert.builder.runs.length, 2, 'one for each architecture');
    assert.match(
      await why(),
      /: bert \(lost it at .* UTC, and not again for an hour\); bert: ENOSPC: no space left on device/,
    );
    const oscar = await nodeOf('oscar', home(50 * GiB));
    assert.ok(await published(archive));
    assert.equal(oscar.builder.runs.length, 2);
    assert.deepEqual([eventsOf(on, 'BuildFailed'), eventsOf(on, 'BuildGivenBack')], [[], []]);
  });
});
