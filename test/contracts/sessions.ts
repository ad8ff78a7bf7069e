import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Architecture, Codename, FileName } from '../../src/domain/debian/names.ts';
import type { SessionId } from '../../src/domain/ids.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { SessionOrder, SessionResult, Sessions } from '../../src/ports/sessions.ts';

export type SessionsAtWork = {
  readonly sessions: Sessions;
  readonly files: FileStore;
  readonly codename: Codename;
  readonly architecture: Architecture;
  readonly stop: () => Promise<void>;
};

const never = new AbortController().signal;

/** What everything that runs sessions promises; with the procedures of `test/system/procedures`. */
export const sessionsContract = (technology: string, start: () => Promise<SessionsAtWork>): void => {
  describe(`sessions, ${technology}`, () => {
    let at: SessionsAtWork;
    before(async () => {
      at = await start();
    });
    after(() => at.stop());

    const order = (procedure: string, more: Partial<SessionOrder> = {}): SessionOrder => ({
      session: `01ARZ3NDEKTSV4RRFFQ69G5FAV-${procedure}` as SessionId,
      attempt: 1,
      procedure,
      codename: at.codename,
      architecture: at.architecture,
      files: [],
      texts: [],
      aptSources: '',
      aptPreferences: '',
      aptHosts: [],
      timeoutSeconds: 300,
      silenceSeconds: 300,
      outputBytes: 1000,
      logName: `${procedure}.log.gz` as FileName,
      ...more,
    });
    const put = (name: string, text: string) => at.files.put(name as FileName, Readable.from([text]));
    const logOf = async ({ log }: SessionResult): Promise<string> =>
      gunzipSync(await readFile(await at.files.path(log.sha256))).toString();

    it('give a procedure files and texts to read, and take what it leaves, links and hidden files excepted', async () => {
      const file = await put('hello_2.10-3.dsc', 'Source: hello\n');
      const wanted = order('copy', { files: [file], texts: [{ name: 'request.json' as FileName, text: '{}' }] });
      const result = await at.sessions.run(wanted, never);
      assert.equal(result.outcome, 'done', JSON.stringify(result));
      assert.deepEqual(result.outcome === 'done' && result.files, [file, await put('request.json', '{}')]);
      assert.equal(result.log.name, 'copy.log.gz');
      assert.match(await logOf(result), /^copied as mini-buildd-build$/m);
    });

    it('run the same attempt again', async () => {
      const again = order('copy', { files: [await put('a', 'b')] });
      assert.deepEqual(await at.sessions.run(again, never), await at.sessions.run(again, never));
    });

    it('tell a refusal by the last line that was printed', async () => {
      const texts = [{ name: 'why.txt' as FileName, text: 'the source package has no tests\n' }];
      const result = await at.sessions.run(order('refuse', { texts }), never);
      assert.deepEqual(result.outcome === 'refused' && result.fact, 'the source package has no tests');
      assert.match(await logOf(result), /^looking$/m);
    });

    it('reject when the procedure itself fails, or there is none', async () => {
      await assert.rejects(at.sessions.run(order('fail'), never), /something broke/);
      await assert.rejects(at.sessions.run(order('nowhere'), never), /there is no procedure nowhere/);
    });

    it('reject where there is no chroot', async () => {
      await assert.rejects(at.sessions.run(order('copy', { architecture: 'alpha' as Architecture }), never), /chroot/);
    });

    it('take no more than is asked for', async () => {
      const result = await at.sessions.run(order('copy', { files: [await put('big', 'x'.repeat(1001))] }), never);
      assert.equal(result.outcome === 'ended' && result.stage, 'output');
    });

    it('end what is silent, takes too long, or is cancelled, also when it does not want to', async () => {
      const silent = await at.sessions.run(order('hang', { silenceSeconds: 2 }), never);
      assert.equal(silent.outcome === 'ended' && silent.stage, 'silence');
      const long = await at.sessions.run(order('hang', { timeoutSeconds: 2 }), never);
      assert.equal(long.outcome === 'ended' && long.stage, 'timeout');
      const cancel = new AbortController();
      const running = at.sessions.run(order('hang'), cancel.signal);
      await pause(500);
      cancel.abort();
      const cancelled = await running;
      assert.equal(cancelled.outcome === 'ended' && cancelled.stage, 'cancelled');
    });
  });
};
