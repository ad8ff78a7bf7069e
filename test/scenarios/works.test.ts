import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { anonymous } from '../../src/domain/account/caller.ts';
import { acme } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

describe('What takes longer than a moment', () => {
  it('is told while it lasts, and how long it usually takes from the second time on', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const { api, works } = daemon.engine;
    const asked = async (command: string, given: Readonly<Record<string, string>>): Promise<string> => {
      const answer = await api.run(command, given, anonymous);
      assert.ok(!isLeft(answer));
      return answer.right.plain;
    };
    await daemon.until(({ publications }) => publications.get(acme)?.published !== undefined);
    assert.deepEqual(works.now(), []);
    on.archive.takes(30_000);
    let changes = 0;
    const heard = works.changes$.subscribe(() => {
      changes += 1;
    });
    await daemon.uploads(sourceUpload());
    await daemon.until(() => works.now().length > 0);
    assert.match(await asked('status', {}), /^Under way: acme: publication.* \(for \d+ s, usually \d+\)$/m);
    assert.match(await asked('progress', { stream: `repository-${acme}` }), /being published, publication.*\(for/);
    assert.ok(changes > 0);
    await daemon.until(() => works.now().length === 0);
    assert.doesNotMatch(await asked('status', {}), /Under way/);
    heard.unsubscribe();
    await daemon.kill();
  });
});
