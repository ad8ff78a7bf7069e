import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timelineInRuns } from '../../src/adapters/http/views/timeline.ts';
import { inRuns } from '../../src/app/administration/told-of-object.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { happening } from '../adapters/http/sample-pages.ts';
import { asks } from '../support/asks.ts';
import { acmeConfigured } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const told = (n: number, type: string, kind: 'duty' | 'account' = 'duty') =>
  happening({
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as EventId,
    type,
    actor: { kind, name: 'x' },
  });

describe('What happened to an object', () => {
  it('names what people did, however often it was published since', async (test) => {
    const daemon = await boot(await machine(test));
    test.after(daemon.kill);
    for (let n = 1; n <= 5; n += 1) {
      await daemon.uploads(sourceUpload({ source: `pack-${n}` }));
      await daemon.until(({ uploads }) => uploads.open.size === 0 && uploads.ended.length === n);
    }
    await daemon.configure({ ...acmeConfigured, validForDays: 9 });
    await daemon.rests();
    const { json, plain } = await asks(daemon, 'declared', { section: 'repositories', name: 'acme' });
    const { happenings } = json as { happenings: readonly { type: string; again?: { counts: unknown } }[] };
    const types = happenings.map(({ type }) => type);
    assert.equal(types.filter((type) => type === 'RepositoryConfigured').length, 2);
    assert.ok(types.length <= 5, `${types}`);
    assert.match(plain ?? '', /^ {2}and since \S+: [4-9] RepositoryPublished$/m);
  });

  it('folds away routine of duties only, and says where there is more', () => {
    const routine = Array.from({ length: 5 }, (_, n) => told(n, n % 2 === 0 ? 'ChrootPrepared' : 'ChrootLogKept'));
    const last = routine[4]?.id;
    const all = [
      ...routine,
      told(6, 'ChrootFailed'),
      told(7, 'ChrootPrepared'),
      told(8, 'ChrootConfigured', 'account'),
    ];
    const runs = inRuns(all, last);
    assert.deepEqual(
      runs.map(({ type, again }) => [type, again?.counts, again?.isCut]),
      [
        [
          'ChrootPrepared',
          [
            { type: 'ChrootLogKept', count: 2 },
            { type: 'ChrootPrepared', count: 2 },
          ],
          true,
        ],
        ['ChrootFailed', undefined, undefined],
        ['ChrootPrepared', undefined, undefined],
        ['ChrootConfigured', undefined, undefined],
      ],
    );
    const shown = timelineInRuns(runs).toString();
    assert.match(
      shown,
      /2 × chroot log kept, 2 × chroot prepared, and more · <a href="\/mini_buildd\/history\?stream=/,
    );
    assert.equal(shown.match(/<li id=/g)?.length, 4);
  });
});
