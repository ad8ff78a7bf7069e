import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { Position } from '../../src/ports/event-log.ts';
import { settingsFrom } from '../../src/settings.ts';
import { whileRead } from '../../src/while-read.ts';
import { freePort } from '../system/support/programs.ts';

const settingsAt = (port: number) => settingsFrom({ MINI_BUILDD_HTTP: `127.0.0.1:${port}` });

const log = {
  ...openMemoryLog(),
  state: () => ({ status: 'writable' as const, head: '00000000000000120000' as Position, notices: [] }),
};

describe('A daemon that reads a long log at its start', () => {
  it('says how far it is to browsers, programs, the journal and what started it, and leaves its port', async () => {
    const port = await freePort();
    const lines: string[] = [];
    const starts: string[] = [];
    const journal = pino({}, { write: (line) => lines.push((JSON.parse(line) as { readonly msg: string }).msg) });
    const ask = (path: string, accept = 'application/json') =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept } });
    const heard = { journal, starts: (how: string) => starts.push(how) };
    const read = await whileRead(log, settingsAt(port), undefined, heard, async (progress) => {
      assert.equal(await (await ask('/readyz')).text(), 'its log is read\n');
      progress('log', '50000 events replayed');
      const ready = await ask('/readyz');
      assert.equal(ready.status, 503);
      assert.equal(await ready.text(), 'its log is read: 50000 events replayed, of 120000\n');
      const page = await ask('/mini_buildd/', 'text/html');
      assert.deepEqual([page.status, page.headers.get('refresh')], [503, '5']);
      assert.match(await page.text(), /the daemon waits: its log is read: 50000 events replayed, of 120000/);
      assert.equal((await ask('/healthz')).status, 200);
      progress('acme', 'exporting');
      assert.match(await (await ask('/readyz')).text(), /: 50000 events/);
      return 'read';
    });
    assert.equal(read, 'read');
    assert.deepEqual(lines, ['50000 events replayed', 'exporting']);
    assert.deepEqual(starts, ['its log is read', 'its log is read: 50000 events replayed, of 120000']);
    await assert.rejects(ask('/healthz'));
  });

  it('leaves its port also where the log cannot be read', async () => {
    const port = await freePort();
    const read = whileRead(log, settingsAt(port), undefined, { journal: pino({ enabled: false }) }, async () => {
      throw new Error('the event at 7 makes no sense');
    });
    await assert.rejects(read, /the event at 7/);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
  });
});
