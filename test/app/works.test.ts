import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostWorks } from '../../src/app/host-works.ts';
import { workLine, works } from '../../src/app/works.ts';

describe('Works under way', () => {
  it('are told with what they say, and the journal hears how long the long ones took', async () => {
    let now = 1_000_000;
    const journal: string[] = [];
    const all = works(
      () => now,
      (about, line) => journal.push(`${about}: ${line}`),
    );
    const work = async (milliseconds: number): Promise<string> =>
      all.during('publication', 'acme', async (say) => {
        say('exporting trixie-acme-unstable');
        now += milliseconds;
        return all
          .now()
          .map((each) => workLine(each, now))
          .join();
      });
    assert.equal(await work(4200), 'publication: exporting trixie-acme-unstable (for 4 s)');
    assert.equal(await work(900), 'publication: exporting trixie-acme-unstable (for 1 s, usually 4)');
    assert.deepEqual(journal, ['acme: publication took 4.2 s']);
    assert.deepEqual(all.now(), []);
  });

  it('are told to the journal now and then while they last', async () => {
    let now = 1_000_000;
    const journal: string[] = [];
    const all = works(
      () => now,
      (about, line) => journal.push(`${about}: ${line}`),
    );
    await all.during('change', 'acme', async (say) => {
      for (let n = 1; n <= 12; n += 1) {
        now += 2000;
        say(`claiming ${n} of 12 packages`);
      }
    });
    assert.deepEqual(journal, [
      'acme: change: claiming 5 of 12 packages',
      'acme: change: claiming 10 of 12 packages',
      'acme: change took 24.0 s',
    ]);
  });

  it('end when they fail, and the journal hears after how long', async () => {
    let now = 1_000_000;
    const journal: string[] = [];
    const all = works(
      () => now,
      (about, line) => journal.push(`${about}: ${line}`),
    );
    await assert.rejects(
      all.during('snapshot', 'acme', async () => {
        now += 3000;
        throw new Error('no room');
      }),
      /no room/,
    );
    assert.deepEqual(all.now(), []);
    assert.deepEqual(journal, ['acme: snapshot was broken off after 3.0 s']);
  });

  it('are followed of host programs, by what these say of themselves', () => {
    let now = 1_000_000;
    const journal: string[] = [];
    const all = works(
      () => now,
      (about, line) => journal.push(`${about}: ${line}`),
    );
    let changes = 0;
    const heard = all.changes$.subscribe(() => {
      changes += 1;
    });
    const hear = hostWorks(all, () => now);
    const work = (id: string, says: string | null) => ({ id, verb: 'backup' as const, says, startedAt: 1_000_000 });
    const lines = () => all.now().map((each) => `${each.about}: ${workLine(each, now)}`);
    hear([work('a', null)], new Set());
    assert.deepEqual(lines(), ['mini-buildd backup: on the host (for 0 s)']);
    now += 12_000;
    hear([work('a', '3 files')], new Set());
    hear([work('a', '3 files')], new Set());
    assert.equal(changes, 2);
    assert.deepEqual(lines(), ['mini-buildd backup: on the host: 3 files (for 12 s)']);
    now += 8000;
    hear([{ ...work('b', '1 files'), startedAt: Number.MAX_SAFE_INTEGER }], new Set());
    assert.deepEqual(lines(), ['mini-buildd backup: on the host: 1 files (for 0 s, usually 20)']);
    now += 5000;
    hear([], new Set(['b']));
    assert.deepEqual(lines(), []);
    heard.unsubscribe();
    assert.deepEqual(journal, [
      'mini-buildd backup: on the host: 3 files',
      'mini-buildd backup: on the host took 20.0 s',
      'mini-buildd backup: on the host was broken off after 5.0 s',
    ]);
  });
});
