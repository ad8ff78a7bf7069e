import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificateNotices } from '../../src/app/certificate-notices.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const days = (count: number): number => now + count * 86_400_000;
const facts = (validUntil: number, trouble?: string, validFrom = days(-60)) =>
  certificateNotices({ validFrom, validUntil, trouble }, now).map(({ fact }) => fact);

describe('What an administrator is told of the certificate', () => {
  it('is nothing while it is valid for weeks, or where there is none', () => {
    assert.deepEqual(facts(days(15)), []);
    assert.deepEqual(certificateNotices(undefined, now), []);
  });

  it('is that it ends, or has ended', () => {
    assert.deepEqual(facts(days(3)), ['the certificate of HTTPS ends on 2026-11-29']);
    assert.match(facts(days(-1)).join(), /ended on 2026-11-25: nobody trusts it/);
  });

  it('is of one that lives for days only that nobody renews it, and not that it is one', () => {
    const left = (lifetime: number, share: number) =>
      facts(days(lifetime * share), undefined, days(lifetime * (share - 1)));
    for (const lifetime of [1, 6, 10, 47]) {
      assert.deepEqual(left(lifetime, 0.3), [], `${lifetime} days`);
      assert.equal(left(lifetime, 0.2).length, 1, `${lifetime} days`);
    }
    assert.deepEqual([left(90, 0.16).length, left(90, 0.15).length, left(400, 0.03).length], [0, 1, 1]);
  });

  it('is why the one in place is not used', () => {
    assert.match(facts(days(60), 'certificate and key do not fit').join(), /not used: certificate and key do not fit/);
  });
});
