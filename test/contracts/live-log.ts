import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import type { LiveLog } from '../../src/ports/builder.ts';

/** A log as its writer has it. */
export type WrittenLog = {
  readonly live: LiveLog;
  readonly write: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

const box = (title: string): string => `\n+${'-'.repeat(78)}+\n| ${title.padEnd(77)}|\n+${'-'.repeat(78)}+\n\n`;

const stagesOf = (live: LiveLog): readonly string[] => live.stages().map(({ stage }) => stage);

export const liveLogContract = (name: string, open: (test: TestContext) => Promise<WrittenLog>): void => {
  void describe(`a log while it is written: ${name}`, () => {
    it('is followed from any byte to its end, by whoever comes when', async (test) => {
      const { live, write, close } = await open(test);
      await write('one\n');
      const early = text(live.follow());
      await write('two\n');
      const late = text(live.follow());
      const behind = text(live.follow(4));
      await close();
      assert.deepEqual(await Promise.all([early, late, behind]), ['one\ntwo\n', 'one\ntwo\n', 'two\n']);
    });

    it('is read in parts, as far as it is written', async (test) => {
      const { live, write } = await open(test);
      await write('0123456789');
      assert.equal(live.size(), 10);
      assert.equal(String(await live.read(2, 3)), '234');
      assert.equal(String(await live.read(8, 100)), '89');
      assert.equal(String(await live.read(10, 5)), '');
      assert.equal(live.end(), '0123456789');
    });

    it('says which heading was the last, and none for the one that names the package', async (test) => {
      const { live, write } = await open(test);
      assert.equal(live.stage(), undefined);
      await write(`${box('hello 2.10-3 (amd64)')}a line\n`);
      assert.equal(live.stage(), undefined);
      await write(`${box('Update chroot')}Get:1 …\n${box('Build')}`);
      assert.equal(live.stage(), 'Build');
      await write('compiling\n'.repeat(50));
      assert.equal(live.stage(), 'Build');
    });

    it('says which stages there were, and how long', async (test) => {
      const { live, write } = await open(test);
      assert.deepEqual(stagesOf(live), ['prepare']);
      await write(`${box('hello 2.10-3 (amd64)')}${box('Fetch source files')}`);
      assert.deepEqual(stagesOf(live), ['prepare', 'chroot', 'fetch-src']);
      assert.ok(live.stages().every(({ seconds }) => seconds >= 0 && seconds < 60));
    });
  });
};
