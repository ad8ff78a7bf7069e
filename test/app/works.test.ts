import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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

  it('end when they fail', async () => {
    const all = works(Date.now, () => {});
    await assert.rejects(
      all.during('snapshot', 'acme', async () => {
        throw new Error('no room');
      }),
      /no room/,
    );
    assert.deepEqual(all.now(), []);
  });
});
