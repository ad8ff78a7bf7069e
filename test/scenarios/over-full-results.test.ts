import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { tooMuchForResult } from '../../src/domain/buildrequest/result-bounds.ts';
import { distributionDefaults } from '../../src/domain/configuration/defaults.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { hello, trixieConfigured } from '../support/fixed-examples.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { acquaint, activate, chrootsOnly, instances, publisherOnly, together } from '../support/two-instances.ts';

const lintian = { ...distributionDefaults.checks, lintian: { mode: 'ignore', options: [] } } as const;
const asChecked = (event: DaemonEvent): DaemonEvent =>
  event.type === 'DistributionConfigured'
    ? { ...event, checks: lintian, architectures: trixieConfigured.architectures.slice(0, 1) }
    : event;

/** Ernie has hello built by grover, who makes so many packages of it, with their documentation and a `.changes` besides; and lintian looks at them there. */
const withPackages = async (test: TestContext, packages: number) => {
  const { of } = await instances(test, { ernie: publisherOnly.map(asChecked), grover: chrootsOnly.map(asChecked) });
  const { ernie, grover } = of;
  await acquaint(ernie, grover);
  await activate(ernie, grover);
  await together([grover], () => eventsOf(grover.on, 'CheckChrootPrepared').length > 0);
  grover.on.guests.makes(
    hello,
    Array.from({ length: packages }, (_, n) => `hello${n}`),
  );
  await ernie.daemon.uploads(sourceUpload());
  return { ernie, grover };
};

describe('A build for somebody else that makes more than a result holds', () => {
  it('has failed, and its builder says why, before who asked would have to refuse it', async (test) => {
    const { ernie, grover } = await withPackages(test, 399);
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildFailed').length === 1);
    const [failed] = eventsOf(ernie.on, 'BuildFailed');
    assert.deepEqual([failed?.class, failed?.stage], ['products', 'products']);
    assert.match(
      failed?.fact ?? '',
      /^oversized: the build made 401 files of \d+ bytes, a buildresult holds 400 of 8588886016 \(give the instance .*\)$/,
    );
    assert.ok(failed?.log);
    assert.deepEqual(
      eventsOf(grover.on, 'BuildresultMade').map(({ status, files }) => [status, files.length]),
      [['attempted', 1]],
    );
    assert.deepEqual(eventsOf(ernie.on, 'RemoteUploadRefused'), []);
    assert.equal(eventsOf(ernie.on, 'BuildAssigned').length, 1);
  });

  it('comes back without the checks that were made there, when it is they that do not fit', async (test) => {
    const { ernie, grover } = await withPackages(test, 398);
    await together([ernie, grover], () => eventsOf(ernie.on, 'BuildresultReceived').length === 1);
    // To look at so many packages takes seconds, in which no clock of ours goes on.
    for (let waited = 0; waited < 600 && eventsOf(ernie.on, 'BuildSucceeded').length === 0; waited += 1)
      await setTimeout(100);
    await together([ernie, grover], () => eventsOf(ernie.on, 'CheckRequested').length === 1);
    assert.equal(grover.on.guestChecker.runs.length, 1);
    assert.equal(eventsOf(ernie.on, 'BuildSucceeded').length, 1);
    assert.deepEqual(eventsOf(ernie.on, 'RemoteUploadRefused'), []);
    assert.deepEqual(eventsOf(ernie.on, 'CheckStarted'), []);
  });

  it('is held against what comes through incoming as one file', () => {
    const half = { size: 4 * 2 ** 30 };
    assert.equal(tooMuchForResult([half, { size: half.size - 2 ** 20 }]), undefined);
    assert.equal(tooMuchForResult([half, half])?.rule, 'oversized');
  });
});
