import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { BehaviorSubject } from 'rxjs';
import { oneAfterTheOther } from '../../src/app/one-after-the-other.ts';
import type { PackageEvent } from '../../src/domain/archive/events.ts';
import { packageDecider } from '../../src/domain/archive/package.ts';
import type { BuildEvent } from '../../src/domain/build/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { buildId } from '../../src/domain/ids.ts';
import type { Tell } from '../../src/ports/tell.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { installPackages } from '../../src/reactors/install-packages.ts';
import {
  amd64,
  arm64,
  configured,
  hello3,
  helloAccepted,
  helloFailed,
  helloReceived,
  helloRequested,
  helloReserved,
  helloSucceeded,
  recorded,
  source,
  stored,
  uploadId,
} from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

/** A daemon in which only this duty works. Events are folded some turns after they were decided. */
const dutyOver = (events: readonly DaemonEvent[]) => {
  const world = newWorld();
  let n = 0;
  const fold = (event: DaemonEvent): void => foldWorld(world, recorded(event, ++n));
  for (const event of [...configured, ...events]) fold(event);
  const world$ = new BehaviorSubject(world);
  const said: PackageEvent[] = events.filter((event): event is PackageEvent => event.type === 'VersionReserved');
  const tell: Tell = async (command) => {
    assert.ok(command.command === 'InstallPackage' || command.command === 'ReleaseVersion');
    const history = said.filter((event) => event.source === command.source);
    const decision = packageDecider.decide(command, history.reduce(packageDecider.evolve, packageDecider.initial));
    await new Promise(setImmediate);
    if (isLeft(decision)) return left(decision.left);
    for (const event of decision.right) {
      said.push(event);
      fold(event);
    }
    world$.next(world);
    return right([]);
  };
  const faults: unknown[] = [];
  installPackages(world$, manualClock(), world, oneAfterTheOther(), tell).subscribe((fault) => faults.push(fault));
  return {
    faults,
    /** What the duty made history say. */
    said: async () => {
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
      return said.filter(({ type }) => type !== 'VersionReserved');
    },
  };
};

const first = uploadId(1);
const second = uploadId(2);

const underWay: readonly DaemonEvent[] = [
  helloReserved(),
  helloReceived(),
  helloAccepted(),
  helloRequested(first, amd64),
  helloRequested(first, arm64),
];

/** The other source makes the same binary packages. */
const traditional: readonly DaemonEvent[] = [
  { ...helloReserved(second), source: source('hello-traditional') },
  helloReceived(second),
  { ...helloAccepted(second), source: source('hello-traditional') },
  helloRequested(second, amd64),
  helloRequested(second, arm64),
];

const succeeded = (upload = first): readonly BuildEvent[] => [
  helloSucceeded(1, upload, amd64),
  helloSucceeded(1, upload, arm64),
];

describe('Installing packages', () => {
  it('waits for every build', async () => {
    assert.deepEqual(await dutyOver([...underWay, helloSucceeded()]).said(), []);
  });

  it('waits for builds that were not even requested', async () => {
    const notYet = underWay.filter(({ type }) => type !== 'BuildRequested');
    assert.deepEqual(await dutyOver([...notYet, helloRequested(), helloSucceeded()]).said(), []);
  });

  it('says that the distribution holds what was built', async () => {
    const [installed] = await dutyOver([...underWay, ...succeeded()]).said();
    assert.ok(installed?.type === 'PackageInstalled');
    assert.deepEqual(
      installed.binaries.map(({ file }) => file.name),
      [`hello_${hello3}_amd64.deb`, `hello_${hello3}_arm64.deb`],
    );
    assert.equal(installed.dsc.name, `hello_${hello3}.dsc`);
    assert.equal(installed.sources.length, 2);
  });

  it('releases the version when a mandatory architecture failed, and names what went wrong', async () => {
    const [released] = await dutyOver([...underWay, helloSucceeded(), helloFailed(1, first, arm64)]).said();
    assert.ok(released?.type === 'VersionReleased');
    assert.equal(released.reason, 'not built on arm64 (ftbfs in build: make: *** [all] Error 2)');
  });

  it('releases the version when a mandatory build was cancelled', async () => {
    const cancelled: BuildEvent = { type: 'BuildCancelled', build: buildId(first, arm64), reason: 'withdrawn' };
    const [released] = await dutyOver([...underWay, helloSucceeded(), cancelled]).said();
    assert.ok(released?.type === 'VersionReleased');
    assert.equal(released.reason, 'not built on arm64 (cancelled: withdrawn)');
  });

  it('installs without an optional architecture that failed', async () => {
    const accepted = helloAccepted();
    const optional = {
      ...accepted,
      builds: accepted.builds.map((build) => ({ ...build, mandatory: build.architecture !== arm64 })),
    };
    const events = underWay.map((event) => (event.type === 'UploadAccepted' ? optional : event));
    const [installed] = await dutyOver([...events, helloSucceeded(), helloFailed(1, first, arm64)]).said();
    assert.ok(installed?.type === 'PackageInstalled');
    assert.equal(installed.binaries.length, 1);
  });

  it('installs an architecture that had nothing to build', async () => {
    const skipped: BuildEvent = { type: 'BuildSkipped', build: buildId(first, arm64), attempt: 1, log: stored('log') };
    const [installed] = await dutyOver([...underWay, helloSucceeded(), skipped]).said();
    assert.equal(installed?.type, 'PackageInstalled');
  });

  it('gives a binary package to one of two sources whose builds ended at the same moment', async () => {
    const said = await dutyOver([...underWay, ...traditional, ...succeeded(first), ...succeeded(second)]).said();
    assert.deepEqual(
      said.map(({ type, source: of }) => [type, of]),
      [
        ['PackageInstalled', 'hello'],
        ['VersionReleased', 'hello-traditional'],
      ],
    );
    assert.match(said[1]?.type === 'VersionReleased' ? said[1].reason : '', /^binary-of-other-source/);
  });
});
