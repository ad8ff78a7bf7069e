import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { anonymous } from '../../src/domain/account/caller.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const esc = '\u001b';
const lines = [...Array.from({ length: 40 }, (_, n) => `line ${n + 1}`), `${esc}[31mx.c:1: error: no${esc}[0m`, 'End'];

/** A daemon that builds or built hello, whose log has those lines. */
const withLog = async (test: TestContext, does: 'hangs' | 'succeeds') => {
  const on = await machine(test);
  on.builder.writes(() => `${lines.join('\n')}\n`);
  on.builder.behave(() => does);
  const daemon = await boot(on);
  test.after(daemon.kill);
  await daemon.uploads(sourceUpload());
  await daemon.until(({ builds, uploads }) =>
    does === 'hangs' ? [...builds.open.values()].some(({ status }) => status === 'building') : uploads.open.size === 0,
  );
  const build = eventsOf(on, 'BuildStarted')[0]?.build ?? assert.fail('nothing was built');
  const log = async (given: Readonly<Record<string, string>> = {}) => {
    const answer = await daemon.engine.api.run('log', { build, ...given }, anonymous);
    return isLeft(answer)
      ? { rule: answer.left[0]?.rule, json: undefined, plain: '' }
      : { rule: undefined, json: answer.right.json as Told, plain: answer.right.plain };
  };
  return { on, daemon, build, log };
};

type Told = Readonly<Record<'first' | 'of' | 'found' | 'next', number | null>> & {
  readonly lines: readonly string[];
  readonly growing: boolean;
};

describe('The log of a build as a command', () => {
  for (const does of ['hangs', 'succeeds'] as const)
    it(`is read from its end and from any line on, of a build that ${does}`, async (test) => {
      const { log } = await withLog(test, does);
      const { json } = await log({ lines: '2' });
      assert.equal(json?.growing, does === 'hangs');
      assert.deepEqual(json?.lines, ['x.c:1: error: no', 'End']);
      assert.deepEqual((await log({ from: '3', lines: '2' })).json?.lines, ['line 3', 'line 4']);
      assert.equal((await log({ from: '3', lines: '2' })).plain, 'line 3\nline 4\n');
      assert.equal((await log({ from: '9999' })).json?.lines.at(-1), 'End');
    });

  it('finds the first error and any text, and says where', async (test) => {
    const { log } = await withLog(test, 'succeeds');
    const error = await log({ error: 'true', lines: '20' });
    assert.equal(error.json?.found, 41);
    assert.equal(error.json?.first, 31);
    assert.match(error.plain, /x\.c:1: error: no\nEnd\nfound in line 41\n$/);
    assert.equal((await log({ find: 'LINE 17' })).json?.found, 17);
    assert.equal((await log({ find: 'line 1', from: '2' })).json?.found, 10);
    assert.deepEqual((await log({ find: 'nowhere' })).json?.found, null);
    assert.match((await log({ find: 'nowhere' })).plain, /not found\n$/);
  });

  it('is refused by name where there is none, or none any more', async (test) => {
    const { on, log } = await withLog(test, 'succeeds');
    assert.equal((await log({ build: '01JD8W0R5X2Y3Z4A5B6C7D8E9F-amd64' })).rule, 'no-log');
    assert.equal((await log({ build: '../../etc/passwd' })).rule, 'bad-argument');
    assert.equal((await log({ from: '-1' })).rule, 'bad-argument');
    for (const { log: kept } of eventsOf(on, 'BuildSucceeded')) if (kept !== null) await on.files.remove(kept.sha256);
    assert.equal((await log()).rule, 'file-withdrawn');
  });
});
