import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { standbyConcerns } from '../../../src/app/standby/concerns.ts';
import { copiedKeys } from '../../../src/app/standby/copied.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import { instanceStream } from '../../../src/domain/stream.ts';
import type { Keyring } from '../../../src/ports/keyring.ts';
import { newEvent } from '../../adapters/eventstore-log/sample-events.ts';
import { bert, copying, report } from '../../support/standby-copies.ts';

describe('Archive keys of a standby', () => {
  it('has a new archive key before anybody hears of it', async () => {
    const { seatFor, anotherKey, standbyOf, pass, meanwhile, stopped } = copying();
    const seat = seatFor('required');
    const copy = standbyOf(seat);
    await pass(1_000);
    anotherKey();
    let isThere = false;
    const asked = seat.hasKept().then(() => (isThere = true));
    await turn();
    assert.equal(isThere, false);
    await meanwhile(asked);
    await stopped(copy);
  });

  it('lacks archive keys that are not here, and none that was retired', async () => {
    const { log, seatFor, standbyOf, pass, stopped, faults } = copying();
    const [one, other] = ['A', 'B'].map((digit) => digit.repeat(40) as Fingerprint);
    const asked: (readonly Fingerprint[])[] = [];
    faults.findKeys = async (keys) => {
      asked.push(keys);
      if (keys.includes(one as Fingerprint)) throw new Error('the first key is not here');
    };
    const say = async (revision: number, type: string, fingerprint: Fingerprint | undefined): Promise<void> => {
      const text = await readFile(join(import.meta.dirname, `../../golden/events/${type}.json`), 'utf8');
      const body = { ...JSON.parse(text), fingerprint };
      await log.append(instanceStream, revision === 0 ? 'none' : revision - 1, [{ ...newEvent(), body }]);
    };
    await say(0, 'ArchiveKeyGenerated', one);
    await say(1, 'ArchiveKeyGenerated', other);
    const copy = standbyOf(seatFor('required'));
    await pass(1_000);
    assert.equal(await copy.lacks(), 'the first key is not here');
    await say(2, 'ArchiveKeyRetired', one);
    assert.equal(await copy.lacks(), undefined);
    assert.deepEqual(asked, [[one, other], [other]]);
    await stopped(copy);
  });

  it('is waited for a minute when it is there and does not take a key', async () => {
    const { kept, seatFor, anotherKey, pass, meanwhile, heardBy } = copying();
    const seat = seatFor('required');
    await heardBy(seat);
    anotherKey();
    const asked = seat.hasKept();
    const refused = assert.rejects(asked, /it has not taken keys, people and hooks within 60 s/);
    for (let n = 0; n < 14; n += 1) {
      await heardBy(seat);
      await pass(5_000);
    }
    await refused;
    assert.match(standbyConcerns(seat.standing())[0]?.fact ?? '', /has not taken keys/);
    await meanwhile(seat.hear(bert, { ...report, kept: (await kept.look()).tag }));
    assert.deepEqual(standbyConcerns(seat.standing()), []);
  });

  it('has an archive key as it was made, and as it was prolonged, before anybody hears of it', async () => {
    const done: string[] = [];
    const own = {
      newArchiveKey: async () => void done.push('made'),
      prolong: async () => void done.push('prolonged'),
    } as unknown as Keyring;
    const keys = copiedKeys(own, { hasKept: async () => void done.push('kept') });
    await keys.newArchiveKey([]);
    await keys.prolong('A'.repeat(40) as Fingerprint, 1);
    assert.deepEqual(done, ['made', 'kept', 'prolonged', 'kept']);
  });
});
