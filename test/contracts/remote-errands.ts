import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isLeft, isRight, right } from 'fp-ts/lib/Either.js';
import type { BuildId } from '../../src/domain/ids.ts';
import type { LiveLog } from '../../src/ports/builder.ts';
import type { Remotes } from '../../src/ports/remotes.ts';
import { growingLog } from '../support/growing-log.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** What the other instance takes, and what it builds. */
export type There = {
  /** Whether its incoming takes a file of that name. */
  readonly takes: (name: string) => boolean;
  readonly liveLog: (build: BuildId) => LiveLog | undefined;
};

export type Errands = {
  readonly remotes: Remotes;
  readonly url: string;
  /** `HOST:PORT` of its incoming. */
  readonly incoming: string;
  /** What it took, in this order, and in which session. */
  readonly took: () => readonly { readonly name: string; readonly size: number; readonly session: string }[];
  /** It goes away, in the middle of whatever it does. */
  readonly away: () => Promise<void>;
};

const build = '01ARZ3NDEKTSV4RRFFQ69G5FAV-amd64' as BuildId;

/** What every way to other instances keeps about files and logs. */
export const remoteErrandsContract = (
  name: string,
  open: (test: TestContext, there: There) => Promise<Errands>,
): void => {
  const usual: There = { takes: () => true, liveLog: () => undefined };
  const filesOf = async (test: TestContext, ...sizes: readonly (readonly [string, number])[]) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-errand-'));
    test.after(() => removeFolder(folder));
    return Promise.all(
      sizes.map(async ([called, size]) => {
        const path = join(folder, `stored-${called}`);
        await writeFile(path, 'x'.repeat(size));
        return { name: called, path };
      }),
    );
  };

  describe(`${name}, a way for files and logs`, () => {
    it('delivers files under their names, whole, in their order and in one session', async (test) => {
      const { remotes, incoming, took } = await open(test, usual);
      const files = await filesOf(test, ['a.tar', 300_000], ['a.log', 0], ['a.changes', 12]);
      assert.deepEqual(await remotes.deliver(incoming, files), right(undefined));
      assert.deepEqual(
        took().map(({ name: called, size }) => [called, size]),
        [
          ['a.tar', 300_000],
          ['a.log', 0],
          ['a.changes', 12],
        ],
      );
      assert.equal(new Set(took().map(({ session }) => session)).size, 1);
    });

    it('delivers the same again', async (test) => {
      const { remotes, incoming } = await open(test, usual);
      const files = await filesOf(test, ['a.tar', 5], ['a.changes', 12]);
      for (let times = 0; times < 2; times += 1) assert.ok(isRight(await remotes.deliver(incoming, files)));
    });

    it('says what was not taken, and sends nothing behind it', async (test) => {
      const { remotes, incoming, took } = await open(test, { ...usual, takes: (called) => called !== 'b.tar' });
      const files = await filesOf(test, ['a.log', 5], ['b.tar', 7], ['c.changes', 12]);
      const sent = await remotes.deliver(incoming, files);
      assert.ok(isLeft(sent) && sent.left.rule === 'undeliverable');
      assert.deepEqual(
        took().map(({ name: called }) => called),
        ['a.log'],
      );
    });

    it('says who is away', async (test) => {
      const { remotes, incoming, url, away } = await open(test, usual);
      await away();
      const sent = await remotes.deliver(incoming, await filesOf(test, ['a.changes', 12]));
      assert.ok(isLeft(sent) && sent.left.rule === 'undeliverable');
      const log = await remotes.followLog(url, build, new AbortController().signal);
      assert.ok(isLeft(log) && log.left.rule === 'unreachable-remote');
    });

    it('brings a log from its beginning, while it grows, to its end', async (test) => {
      const log = growingLog('unpacking\n');
      const { remotes, url } = await open(test, {
        ...usual,
        liveLog: (asked) => (asked === build ? log.live : undefined),
      });
      const found = await remotes.followLog(url, build, new AbortController().signal);
      assert.ok(isRight(found));
      const whole = collected(found.right);
      log.add('building\n');
      log.close();
      assert.equal(await whole, 'unpacking\nbuilding\n');
    });

    it('says that there is no log', async (test) => {
      const { remotes, url } = await open(test, usual);
      const found = await remotes.followLog(url, build, new AbortController().signal);
      assert.ok(isLeft(found) && found.left.rule === 'unreachable-remote');
    });

    for (const [how, end] of [
      ['it is asked to', async (asked: AbortController) => asked.abort()],
      ['the other instance goes away', async (_: AbortController, away: () => Promise<void>) => away()],
    ] as const) {
      it(`lets go of a log when ${how}`, async (test) => {
        const log = growingLog('unpacking\n');
        const { remotes, url, away } = await open(test, { ...usual, liveLog: () => log.live });
        const asked = new AbortController();
        const found = await remotes.followLog(url, build, asked.signal);
        assert.ok(isRight(found));
        const chunks = found.right[Symbol.asyncIterator]();
        assert.equal(Buffer.from((await chunks.next()).value).toString(), 'unpacking\n');
        const rest = chunks.next().then(
          ({ done }) => done === true,
          () => true,
        );
        await end(asked, away);
        assert.equal(await rest, true);
      });
    }
  });
};

const collected = async (bytes: AsyncIterable<Uint8Array>): Promise<string> => {
  let whole = '';
  for await (const chunk of bytes) whole += Buffer.from(chunk).toString();
  return whole;
};
