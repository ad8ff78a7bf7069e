import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { anonymous } from '../../src/domain/account/caller.ts';
import type { FileName, Sha256 } from '../../src/domain/debian/names.ts';
import type { IncomingDoor } from '../../src/ports/incoming.ts';
import { servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { chrootConfigured, ernie } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const heading = (stage: string): string => `+---+\n| ${stage.padEnd(77)}|\n+---+\n`;

/** A daemon with its pages. `page` and `tool` give what somebody without an account reads there, as text. */
const atWork = async (test: TestContext) => {
  const on = await machine(test);
  const daemon = await boot(on);
  test.after(daemon.kill);
  const { engine } = daemon;
  const place = { builder: ernie, room: 4, tags: [] };
  const confinement = { network: true, processes: true, bounds: true } as const;
  const log = openMemoryLog(on.store, on.clock.now);
  const { url } = await serve(test, { ...servedPages(engine, log, { confinement, place, clock: on.clock }), log });
  return {
    on,
    daemon,
    page: async (path = '/mini_buildd/'): Promise<string> => {
      const text = await (await fetch(`${url}${path}`)).text();
      return text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    },
    tool: async (command = 'status', given = {}): Promise<string> => {
      const answer = await engine.api.run(command, given, anonymous);
      assert.ok(!isLeft(answer));
      return answer.right.plain;
    },
    later: async (milliseconds: number): Promise<void> => {
      on.clock.advance(milliseconds);
      await daemon.rests();
    },
  };
};

describe('What takes longer than a second is told in page, tool and journal:', () => {
  it('a build, with its stages, that it is still at it, and how it ended', async (test) => {
    const { on, daemon, page, tool, later } = await atWork(test);
    on.builder.behave(({ architecture }) => (architecture === 'amd64' ? 'hangs' : 'succeeds'));
    await daemon.uploads(sourceUpload());
    await daemon.until(({ builds }) => [...builds.claimed.values()].some(({ status }) => status === 'building'));
    await daemon.rests();
    const build = [...daemon.world.builds.claimed.keys()][0];
    assert.ok(build !== undefined);
    on.builder.goesOn(build, heading('Install build dependencies'));
    await later(15_000);
    assert.match(await page(), /building hello 2\.10-3.* amd64 .*install/i);
    assert.match(await tool(), /hello 2\.10-3\S+ amd64 \([A-Za-z ]+\)/);
    assert.match(await tool('progress', { stream: `build-${build}` }), /building \([A-Za-z ]+\)/);
    await later(15 * 60_000);
    await tool('status');
    on.builder.goesOn(build, heading('Build'));
    await later(15_000);
    const about = daemon.told.filter((line) => line.startsWith('hello 2.10-3~acme13+1 amd64: '));
    const lines = about.map((line) => line.slice('hello 2.10-3~acme13+1 amd64: '.length));
    assert.equal(lines[0], 'started on ernie');
    assert.match(lines[1] ?? '', /^stage: install/i);
    assert.match(lines[2] ?? '', /^still building for \d+ minutes, stage install.*, \d+ B of log$/i);
    assert.equal(lines.filter((line) => line.startsWith('still')).length, 3, 'one in five minutes');
    assert.match(lines.at(-1) ?? '', /^stage: build/i);
    assert.ok(daemon.told.includes('hello 2.10-3~acme13+1 arm64: built in 7 s'));
  });

  it('an upload on its way, by any door', async (test) => {
    const { on, daemon, page, tool } = await atWork(test);
    const seen: string[][] = [];
    const door: IncomingDoor = {
      open: async () =>
        right({
          take: async ({ bytes }) => {
            for await (const chunk of bytes)
              if (chunk.length > 0) seen.push([await page(), await page('/mini_buildd/upload'), await tool()]);
            return right({ size: 1, sha256: 'a'.repeat(64) as Sha256 });
          },
          close: async () => undefined,
        }),
    };
    async function* slowly(): AsyncGenerator<Buffer> {
      on.clock.advance(40_000);
      yield Buffer.alloc(3 * 2 ** 20);
    }
    const place = await daemon.engine.arriving.watched(door).open();
    assert.ok(!isLeft(place));
    await place.right.take({
      name: 'hello_2.10.orig.tar.gz' as FileName,
      session: 'one',
      door: 'ftp',
      bytes: slowly(),
      stopped: new AbortController().signal,
      cut: () => undefined,
    });
    const [home, upload, status] = seen[0] ?? [];
    for (const shown of [home, upload]) assert.match(shown ?? '', /upload a file 3 MiB so far 40 s/);
    assert.match(status ?? '', /^Under way: a file: upload: 3 MiB so far \(for 40 s\)$/m);
    assert.doesNotMatch([home, upload, status].join(), /orig\.tar/, 'a name that nobody vouched for');
    assert.ok(daemon.told.includes('hello_2.10.orig.tar.gz: upload: 3 MiB by ftp'), daemon.told.join('\n'));
    assert.ok(daemon.told.includes('hello_2.10.orig.tar.gz: upload: 3 MiB came in 40.0 s'));
    assert.doesNotMatch(await page(), /so far/);
  });

  it('the preparation of a chroot', async (test) => {
    const { on, daemon, page, tool } = await atWork(test);
    on.chroots.behave(() => undefined);
    await daemon.configure({ ...chrootConfigured('riscv64' as never), include: ['eatmydata'] } as never);
    await daemon.until(() => on.chroots.prepared.includes('trixie-riscv64'));
    assert.match(await page(), /trixie riscv64 ▸ preparing/);
    assert.match(await tool(), /trixie: riscv64: being prepared/);
    assert.match(await tool('progress', { stream: 'chroot-trixie-riscv64' }), /being prepared, 1 lines printed/);
    assert.ok(daemon.told.includes('trixie-riscv64: I: running debootstrap'));
  });

  for (const [kind, about] of [
    ['publication', 'acme'],
    ['change', 'acme'],
    ['past state', 'acme'],
    ['snapshot', 'trixie-acme-unstable as of 20261122T101500Z'],
  ] as const)
    it(`a ${kind}`, async (test) => {
      const { on, daemon, page, tool } = await atWork(test);
      await daemon.engine.works.during(kind, about, async (say) => {
        on.clock.advance(12_000);
        say('the third of four');
        assert.match(await page(), new RegExp(`${kind} ${about} the third of four 12 s`));
        assert.match(await tool(), new RegExp(`^Under way: ${about}: ${kind}: the third of four \\(for 12 s`, 'm'));
      });
      assert.ok(daemon.told.includes(`${about}: ${kind}: the third of four`));
      assert.ok(daemon.told.includes(`${about}: ${kind} took 12.0 s`));
    });
});
