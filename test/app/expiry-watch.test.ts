import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endsNear } from '../../src/app/expiry-watch.ts';
import type { AccountId } from '../../src/domain/account/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { RemoteId } from '../../src/domain/configuration/events.ts';
import { type Expiry, firstEnds } from '../../src/domain/expiry/expiry.ts';
import { archiveFingerprint as fingerprint, now } from '../support/fixed-examples.ts';

const day = 86_400_000;
const archive = { kind: 'archive-key', fingerprint } as const;
const uploader = { kind: 'uploader-key', fingerprint, account: 'oscar' as AccountId } as const;
const remote = { kind: 'remote-key', fingerprint, remote: 'there' as RemoteId } as const;

const ending = (what: Expiry['what'], days: number): Expiry => ({ what, expiresAt: instant(now + days * day) });
const severities = (what: Expiry['what'], ...days: readonly number[]): readonly string[] =>
  days.map((each) => endsNear([ending(what, each)], now)[0]?.severity ?? 'none');

describe('What those who run an instance should see to of what ends', () => {
  it('is its own key, long before, and breaks a promise once it ended', () => {
    assert.deepEqual(severities(archive, 91, 89, 1, 0, -800), ['none', 'warning', 'warning', 'critical', 'critical']);
  });

  it('is the key of a remote, which breaks no promise of ours', () => {
    assert.deepEqual(severities(remote, 31, 29, 0, -800), ['none', 'warning', 'warning', 'warning']);
  });

  it('is the key of an uploader in its last days, and not for ever', () => {
    assert.deepEqual(severities(uploader, 29, 6, 0, -800), ['none', 'warning', 'none', 'none']);
  });

  it('is found by the first end of each kind, which no uploader who left hides', () => {
    const found = [ending(uploader, -800), ending(uploader, 30), ending(archive, -1), ending(archive, 5)];
    assert.deepEqual(
      [...firstEnds(found, now)],
      [
        ['uploader-key', now + 30 * day],
        ['archive-key', now - day],
      ],
    );
  });
});
