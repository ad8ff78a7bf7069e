import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  dropIncoming,
  findReceived,
  keepReceived,
  listIncoming,
  openIncoming,
} from '../../../src/adapters/incoming/received-files.ts';
import type { FileName, Sha256 } from '../../../src/domain/debian/names.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const file = { name: 'hello.dsc' as FileName, sha256: 'a'.repeat(64) as Sha256, receivedAt: Date.UTC(2026, 10, 22) };

describe('Incoming of a standby', () => {
  it('holds what the archive received, as of then, once, and over a start', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-incoming-'));
    test.after(() => removeFolder(folder));
    const incoming = join(folder, 'incoming');
    let brought = 0;
    const bring = async (): Promise<string> => {
      brought += 1;
      const path = join(folder, `fetched-${brought}`);
      await writeFile(path, 'hello');
      return path;
    };
    const broken = keepReceived(incoming, file, () => Promise.reject(new Error('the line is cut')));
    await assert.rejects(broken, /the line is cut/);
    assert.deepEqual(await listIncoming(incoming), []);
    await keepReceived(incoming, file, bring);
    await keepReceived(incoming, file, bring);
    assert.equal(brought, 1);
    await openIncoming(incoming);
    const [found] = await listIncoming(incoming);
    assert.equal(found?.receivedAt, file.receivedAt);
    await keepReceived(incoming, { ...file, receivedAt: file.receivedAt + 7_000 }, bring);
    assert.equal((await listIncoming(incoming))[0]?.receivedAt, file.receivedAt + 7_000, 'received once more');
    assert.equal(await readFile((await findReceived(incoming, file.sha256)) ?? '', 'utf8'), 'hello');
    await dropIncoming(incoming, file);
    await dropIncoming(incoming, file);
    assert.equal(await findReceived(incoming, file.sha256), undefined);
  });
});
