import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { type BuildProgress, foldProgress, noProgress } from '../../src/projections/build-progress.ts';
import {
  amd64,
  arm64,
  helloAccepted,
  helloBuild,
  helloFailed,
  helloGivenBack,
  helloInstalled,
  helloReleased,
  helloRequested,
  helloSucceeded,
  recordedAll,
  uploadId,
} from '../support/fixed-examples.ts';

const hello = uploadId(1);

const after = (...events: readonly DaemonEvent[]): BuildProgress => {
  const progress = noProgress();
  for (const recorded of recordedAll(events)) foldProgress(progress, recorded);
  return progress;
};

describe('the progress of builds', () => {
  it('wants every architecture of an accepted upload until it is requested', () => {
    assert.deepEqual(after(helloAccepted()).unrequested.get(hello), new Set([amd64, arm64]));
    assert.deepEqual(after(helloAccepted(), helloRequested()).unrequested.get(hello), new Set([arm64]));
    const both = after(helloAccepted(), helloRequested(), helloRequested(hello, arm64));
    assert.equal(both.unrequested.size, 0);
  });

  it('calls an upload finished when the last of its builds ended, whatever came of it', () => {
    assert.equal(after(helloAccepted(), helloSucceeded()).finished.size, 0);
    const { finished } = after(helloAccepted(), helloSucceeded(), {
      type: 'BuildCancelled',
      build: helloBuild(hello, arm64),
      reason: 'asked for',
    });
    assert.deepEqual(finished, new Set([hello]));
  });

  it('does not take a build that was given back for one that ended', () => {
    assert.equal(after(helloAccepted(), helloFailed(1, hello, arm64), helloGivenBack()).finished.size, 0);
  });

  it('forgets an upload once it is decided what comes of it', () => {
    for (const decided of [helloInstalled(), helloReleased()]) {
      assert.deepEqual(after(helloAccepted(), helloSucceeded(), decided), noProgress());
    }
  });
});
