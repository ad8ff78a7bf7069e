import assert from 'node:assert/strict';
import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { webhookFiles } from '../../../src/adapters/webhook-targets/webhook-files.ts';
import type { WebhookId } from '../../../src/domain/webhook/events.ts';
import type { WebhookTargets } from '../../../src/ports/webhooks.ts';
import { memoryTargets } from '../../support/memory-webhooks.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const one = '8c1f0e6a2b9d4753' as WebhookId;
const other = '00000000000000ab' as WebhookId;
const target = { url: 'https://ci.example.org/hooks/42', secret: 's3cret' };

describe('The addresses of webhooks', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mini-buildd-webhooks-'));
  });
  after(() => removeFolder(folder));

  for (const [technology, make] of [
    ['in files', () => webhookFiles(join(folder, 'webhooks'))],
    ['in memory', memoryTargets],
  ] as readonly (readonly [string, () => WebhookTargets])[]) {
    it(`are there until they are dropped, ${technology}`, async () => {
      const targets = make();
      assert.equal(await targets.get(one), undefined);
      await targets.drop(one);
      await targets.put(one, target);
      await targets.put(other, { ...target, secret: 'another' });
      assert.deepEqual(await targets.get(one), target);
      await targets.put(one, { ...target, secret: 'new' });
      assert.equal((await targets.get(one))?.secret, 'new');
      await targets.drop(one);
      await targets.drop(one);
      assert.equal(await targets.get(one), undefined);
      assert.equal((await targets.get(other))?.secret, 'another');
    });
  }

  it('are read by nobody else, and outlive who wrote them', async () => {
    const own = join(folder, 'own');
    await webhookFiles(own).put(one, target);
    assert.equal((await stat(own)).mode & 0o777, 0o700);
    const [name = ''] = await readdir(own);
    assert.equal((await stat(join(own, name))).mode & 0o777, 0o600);
    assert.deepEqual(await webhookFiles(own).get(one), target);
  });
});
