import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { privateWay } from '../../../src/app/standby/private-way.ts';
import { settingsFrom } from '../../../src/settings.ts';
import { standbyCopy } from '../../../src/standby-copy.ts';
import { removeFolder } from '../../support/remove-folder.ts';

describe('the way of keys and accounts to a standby', () => {
  it('is TLS, or leaves no machine', () => {
    for (const url of ['https://buildd.example.org', 'http://127.0.0.1:8066', 'http://[::1]:8066', 'http://localhost'])
      assert.ok(isRight(privateWay(url)), url);
    for (const url of ['http://buildd.example.org', 'http://10.0.0.7:8066', 'http://127.0.0.1.example.org'])
      assert.ok(!isRight(privateWay(url)), url);
  });

  it('is not gone otherwise: nothing is asked for, and status and journal say why', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-private-way-'));
    const login = join(folder, 'login');
    await writeFile(login, `two:${'s'.repeat(32)}\n`, { mode: 0o600 });
    const settings = settingsFrom({
      MINI_BUILDD_HOME: join(folder, 'home'),
      MINI_BUILDD_NODE_LOGIN: login,
      MINI_BUILDD_ARCHIVE: 'http://buildd.example.org',
    });
    const faults: string[] = [];
    const heard = Promise.withResolvers<void>();
    const copy = standbyCopy(settings, openMemoryLog(), {
      warn: (about: { readonly err: Error }) => {
        faults.push(about.err.message);
        heard.resolve();
      },
    } as never);
    try {
      await heard.promise;
      assert.match(faults[0] ?? '', /^way-not-private: http:\/\/buildd\.example\.org .*MINI_BUILDD_ARCHIVE/);
      assert.match(copy.standing(), /way-not-private/);
    } finally {
      await copy.stop();
      await removeFolder(folder);
    }
  });
});
