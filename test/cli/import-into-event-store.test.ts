import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

it('An import is refused where the log is in an event store, which other daemons may write to', (test) => {
  const home = mkdtempSync(join(tmpdir(), 'mini-buildd-import-'));
  test.after(() => rmSync(home, { recursive: true, force: true }));
  const env = { ...process.env, MINI_BUILDD_HOME: home, MINI_BUILDD_LOG: 'esdb://127.0.0.1:1' };
  const importing = ['src/cli/mini-buildd.ts', 'import', home];
  const { status, stderr } = spawnSync(process.execPath, importing, { env, encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /log-not-embedded: .*MINI_BUILDD_LOG=embedded:, then copy the log/);
  assert.deepEqual(readdirSync(home), []);
});
