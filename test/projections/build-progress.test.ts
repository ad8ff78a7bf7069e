import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Architecture } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { UploadAccepted } from '../../src/domain/upload/events.ts';
import { type BuildProgress, foldProgress, noProgress } from '../../src/projections/build-progress.ts';
import {
  acme,
  amd64,
  arm64,
  hello3,
  helloAccepted,
  helloBuild,
  helloDepWaited,
  helloFailed,
  helloGivenBack,
  helloInstalled,
  helloReleased,
  helloRequested,
  helloSucceeded,
  main,
  recordedAll,
  uploadId,
} from '../support/fixed-examples.ts';

const hello = uploadId(1);
const binariesOf = (on: Architecture) =>
  helloSucceeded(1, hello, on).binaries.map((each) => ({ ...each, component: main }));
const installedHere = helloInstalled(hello, hello3, { binaries: binariesOf(amd64) });

const after = (...events: readonly DaemonEvent[]): BuildProgress => {
  const progress = noProgress();
  for (const recorded of recordedAll(events)) foldProgress(progress, recorded);
  return progress;
};

const there = helloBuild(hello, arm64);
const optional: UploadAccepted = {
  ...helloAccepted(),
  builds: [
    { architecture: amd64, mandatory: true, archAll: true },
    { architecture: arm64, mandatory: false, archAll: false },
  ],
};
const requests = [helloRequested(), helloRequested(hello, arm64)];
const added: DaemonEvent = {
  type: 'ArchitectureAdded',
  repository: acme,
  source: helloRequested().source,
  version: hello3,
  upload: hello,
  architecture: arm64,
  binaries: [],
};

describe('the progress of builds', () => {
  it('wants every architecture of an accepted upload until it is requested', () => {
    const wanted = (...events: readonly DaemonEvent[]) => after(...events).uploads.get(hello)?.unrequested;
    assert.deepEqual(wanted(helloAccepted()), new Set([amd64, arm64]));
    assert.deepEqual(wanted(helloAccepted(), helloRequested()), new Set([arm64]));
    assert.deepEqual(after(helloAccepted()).unrequested, new Set([hello]));
    assert.equal(after(helloAccepted(), ...requests).unrequested.size, 0);
  });

  it('lets an upload be decided about when the last of its mandatory builds ended, whatever came of it', () => {
    assert.equal(after(helloAccepted(), helloSucceeded()).decidable.size, 0);
    const cancelled: DaemonEvent = { type: 'BuildCancelled', build: there, reason: 'asked for' };
    assert.deepEqual(after(helloAccepted(), helloSucceeded(), cancelled).decidable, new Set([hello]));
    assert.deepEqual(after(optional, helloSucceeded()).decidable, new Set([hello]));
    assert.equal(after(optional, helloSucceeded(1, hello, arm64)).decidable.size, 0);
  });

  it('awaits all builds of an upload that has optional architectures only', () => {
    const builds = helloAccepted().builds.map((build) => ({ ...build, mandatory: false }));
    const accepted: UploadAccepted = { ...helloAccepted(), builds };
    assert.equal(after(accepted, helloSucceeded()).decidable.size, 0);
    assert.equal(after(accepted, helloSucceeded(), helloFailed(1, hello, arm64)).decidable.size, 1);
  });

  it('does not take a build that was given back, or waits for dependencies, for one that ended', () => {
    assert.equal(after(helloAccepted(), helloFailed(1, hello, arm64), helloGivenBack()).decidable.size, 0);
    assert.equal(after(helloAccepted(), helloFailed(1, hello, arm64), helloDepWaited()).decidable.size, 0);
  });

  it('lets an optional build come late, until it joined or failed', () => {
    const installed = [optional, ...requests, helloSucceeded(), helloInstalled()];
    assert.equal(after(...installed).late.size, 0);
    assert.deepEqual(after(...installed, helloSucceeded(1, hello, arm64)).late, new Set([there]));
    assert.deepEqual(after(...installed, helloSucceeded(1, hello, arm64), added), noProgress());
    assert.deepEqual(after(...installed, helloFailed(1, hello, arm64)), noProgress());
  });

  it('sees an optional build that ended while the installation was being said', () => {
    const { late } = after(optional, ...requests, helloSucceeded(), helloSucceeded(1, hello, arm64), installedHere);
    assert.deepEqual(late, new Set([there]));
    const both = { ...installedHere, binaries: [...installedHere.binaries, ...binariesOf(arm64)] };
    const events = [optional, ...requests, helloSucceeded(), helloSucceeded(1, hello, arm64), both];
    assert.deepEqual(after(...events), noProgress());
  });

  it('calls pointless what a released upload still waits for', () => {
    const released = [optional, ...requests, helloFailed(), helloReleased()];
    assert.deepEqual(after(...released).pointless, new Set([hello]));
    const cancelled: DaemonEvent = { type: 'BuildCancelled', build: there, reason: 'its upload failed' };
    assert.deepEqual(after(...released, cancelled), noProgress());
    assert.deepEqual(after(optional, helloRequested(), helloFailed(), helloReleased()), noProgress(), 'nobody asked');
  });

  it('forgets an upload once nothing of it is to come', () => {
    for (const decided of [installedHere, helloReleased()]) {
      const { build } = helloFailed(1, hello, arm64);
      const cancelled: DaemonEvent = { type: 'BuildCancelled', build, reason: 'asked for' };
      assert.deepEqual(after(helloAccepted(), ...requests, helloSucceeded(), cancelled, decided), noProgress());
    }
  });
});
