import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { watchedArchive } from '../../src/app/watched-archive.ts';
import { workLine, works } from '../../src/app/works.ts';
import { fakeArchive } from '../support/fake-archive.ts';
import { acme } from '../support/fixed-examples.ts';

describe('An archive that is watched', () => {
  it('says that it removes a repository, which may be large', async () => {
    const all = works(Date.now, () => undefined);
    const seen: string[] = [];
    const remove = async (): Promise<void> => {
      seen.push(...all.now().map((work) => `${work.about}: ${workLine(work, work.startedAt)}`));
    };
    await watchedArchive({ ...fakeArchive(systemClock), remove }, all).remove(acme);
    assert.deepEqual(seen, ['acme: removal: removing what apt saw of it (for 0 s)']);
    assert.deepEqual(all.now(), []);
  });
});
