import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccountId } from '../../src/domain/account/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { type Expiry, expiringKey } from '../../src/domain/expiry/expiry.ts';
import { noExpiries, owedExpiries } from '../../src/projections/expiries.ts';
import { now } from '../support/fixed-examples.ts';

const day = 86_400_000;

const endingIn = (n: number, days: number): Expiry => ({
  what: {
    kind: 'uploader-key',
    fingerprint: String(n).padStart(40, '0') as Fingerprint,
    account: 'oscar' as AccountId,
  },
  expiresAt: instant(now + days * day),
});

describe('What is to be said of things that end', () => {
  it('is what comes next, in whatever order it was found, until it was said', () => {
    const [soon, late, later] = [endingIn(1, 29), endingIn(2, 95), endingIn(3, 400)];
    const found = [later, soon, late];
    const said = noExpiries();
    const owed = owedExpiries();
    const at = (days: number) => owed(found, said, now + days * day).map(({ what, days: left }) => [what, left]);
    assert.deepEqual(at(0), [[soon.what, 30]]);
    assert.deepEqual(at(0), [[soon.what, 30]], 'it was not said yet');
    said.set(expiringKey(soon.what), { expiresAt: soon.expiresAt, days: 30 });
    assert.deepEqual(at(0), []);
    assert.deepEqual(at(5), [[late.what, 90]]);
    assert.deepEqual(at(30), [
      [late.what, 90],
      [soon.what, 0],
    ]);
    assert.deepEqual(at(4), [], 'the clock went back');
  });

  it('is of a certificate on days that go by how long it lives', () => {
    const saidOf = (lifetime: number): readonly number[] => {
      const certificate: Expiry = {
        what: { kind: 'certificate' },
        expiresAt: instant(now + lifetime * day),
        validFrom: instant(now),
      };
      const [said, owed, found] = [noExpiries(), owedExpiries(), [certificate]];
      const heard: number[] = [];
      for (let hours = 0; hours <= lifetime * 24 + 1; hours += 1)
        for (const { what, expiresAt, days } of owed(found, said, now + (hours * day) / 24)) {
          heard.push(days);
          said.set(expiringKey(what), { expiresAt, days });
        }
      return heard;
    };
    assert.deepEqual([400, 90, 47, 20, 6, 1].map(saidOf), [[14, 7, 0], [14, 7, 0], [11, 7, 0], [5, 0], [1, 0], [0]]);
  });

  it('is asked anew of what was found anew', () => {
    const owed = owedExpiries();
    const said = noExpiries();
    assert.deepEqual(owed([endingIn(1, 400)], said, now), []);
    assert.equal(owed([endingIn(1, 20)], said, now)[0]?.days, 30);
    said.set(expiringKey(endingIn(1, 20).what), { expiresAt: endingIn(1, 20).expiresAt, days: 30 });
    assert.equal(owed([endingIn(1, 5)], said, now)[0]?.days, 7, 'it ends on another day than was said');
  });

  it('reads no date of what ends late, or ended and was said, however much there is', () => {
    let read = 0;
    const said = noExpiries();
    const found = Array.from({ length: 2_000 }, (_, n) => {
      const { what, expiresAt } = endingIn(n, n % 2 === 0 ? -50 : 400);
      if (n % 2 === 0) said.set(expiringKey(what), { expiresAt, days: 0 });
      return {
        what,
        get expiresAt() {
          read += 1;
          return expiresAt;
        },
      };
    });
    const owed = owedExpiries();
    owed(found, said, now);
    const before = read;
    for (let n = 0; n < 100; n += 1) assert.deepEqual(owed(found, said, now + n * 1000), []);
    assert.equal(read, before);
  });
});
