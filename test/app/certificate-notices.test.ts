import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificateNotices } from '../../src/app/certificate-notices.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const days = (count: number): number => now + count * 86_400_000;
const facts = (validUntil: number, trouble?: string) =>
  certificateNotices({ validUntil, trouble }, now).map(({ fact }) => fact);

describe('What an administrator is told of the certificate', () => {
  it('is nothing while it is valid for weeks, or where there is none', () => {
    assert.deepEqual(facts(days(15)), []);
    assert.deepEqual(certificateNotices(undefined, now), []);
  });

  it('is that it ends, or has ended', () => {
    assert.deepEqual(facts(days(3)), ['the certificate of HTTPS ends on 2026-11-29']);
    assert.match(facts(days(-1)).join(), /ended on 2026-11-25: nobody trusts it/);
  });

  it('is why the one in place is not used', () => {
    assert.match(facts(days(60), 'certificate and key do not fit').join(), /not used: certificate and key do not fit/);
  });
});
