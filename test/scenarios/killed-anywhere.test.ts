import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { acme, amd64, arm64, hello3, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Fate, type Machine, machine } from '../support/in-memory-daemon.ts';
import { onCluster, onServer } from '../support/logs-in-event-stores.ts';
import { type SourceUpload, sourceUpload } from '../support/source-upload.ts';

const hello = sourceUpload();

/** dput: sends everything; when the connection is lost it is run again later, with -f. True when all was acknowledged. */
const acknowledged = async (daemon: Daemon, upload: SourceUpload): Promise<boolean> =>
  (await daemon.uploads(upload)).every((reply) => reply === 'received');

const isPublished = (on: Machine): boolean =>
  on.archive
    .seen(acme)
    ?.distributions.some(({ name, holds }) => name === unstable && holds.some(({ version }) => version === hello3)) ===
  true;

/** Uploads hello to a daemon with this fate, then lives on until apt sees it. Says whether fate came true. */
const live = async (
  on: Machine,
  fates: readonly Fate[],
): Promise<{ readonly deaths: number; readonly last: Daemon }> => {
  let isAcknowledged = false;
  let deaths = 0;
  for (const fate of [...fates, undefined]) {
    const daemon = await boot(on, fate);
    if (!isAcknowledged && !daemon.isDead()) isAcknowledged = await acknowledged(daemon, hello);
    if (!daemon.isDead()) {
      await daemon.until(({ uploads, builds }) => isPublished(on) && uploads.open.size === 0 && builds.open.size === 0);
      await daemon.rests();
    }
    const survived = !daemon.isDead();
    await daemon.kill();
    if (!survived) deaths += 1;
    if (survived && isAcknowledged) return { deaths, last: daemon };
  }
  throw new Error('unreachable: the last life has no fate to meet');
};

/** What must be so whatever happened on the way. */
const allIsWell = (on: Machine): void => {
  const installed = eventsOf(on, 'PackageInstalled');
  assert.equal(installed.length, 1, 'hello was installed once');
  const [package_] = installed;
  assert.deepEqual(package_?.binaries.map((binary) => `${binary.package}/${binary.architecture}`).sort(), [
    'hello-doc/all',
    'hello/amd64',
    'hello/arm64',
  ]);
  const results = eventsOf(on, 'BuildSucceeded').filter(({ build }) => build.startsWith(package_?.upload ?? ''));
  assert.equal(new Set(results.map(({ build }) => build)).size, results.length, 'each build has one result');
  assert.deepEqual(
    package_?.binaries.map(({ file }) => file.sha256).sort(),
    results.flatMap(({ binaries }) => binaries.map(({ file }) => file.sha256)).sort(),
    'what is installed is what the counted attempts made',
  );
  assert.deepEqual(
    eventsOf(on, 'UploadRejected')
      .map(({ rule }) => rule)
      .filter((rule) => !['replay', 'version-in-progress', 'version-exists'].includes(rule)),
    [],
    'only a repeated dput may be refused, as one',
  );
  const accepted = eventsOf(on, 'UploadAccepted');
  assert.equal(accepted.length, 1, 'one upload was accepted');
  const requested = eventsOf(on, 'BuildRequested').map(({ architecture }) => architecture);
  assert.deepEqual([...requested].sort(), [amd64, arm64]);
  assert.deepEqual(eventsOf(on, 'BuildFailed'), []);
  assert.deepEqual(eventsOf(on, 'PublishFailed'), []);
  assert.deepEqual(eventsOf(on, 'VersionReleased'), []);
  assert.deepEqual(on.builder.doubled, [], 'no build ran twice at once');
};

type NewMachine = (test: TestContext) => Promise<Machine>;

const stepsOf = async (test: TestContext, newMachine: NewMachine): Promise<readonly string[]> => {
  const on = await newMachine(test);
  const { last } = await live(on, []);
  allIsWell(on);
  return last.steps;
};

/** Machines that live beside each other in this process. */
const atOnce = 4;

/** Whether it was killed there, once all is well. */
const killedAt = async (test: TestContext, newMachine: NewMachine, fate: Fate): Promise<boolean> => {
  const on = await newMachine(test);
  const { deaths, last } = await live(on, [fate]);
  try {
    allIsWell(on);
  } catch (error) {
    throw new Error(`killed ${fate.when} step ${fate.n}, then ${last.steps.join(' ')}`, { cause: error });
  }
  return deaths > 0;
};

const killedAnywhere = (newMachine: NewMachine, pairs: number) => (): void => {
  it('before or after any step publishes the upload once, after it was started again', async (test) => {
    const steps = await stepsOf(test, newMachine);
    let points = 0;
    for (const when of ['before', 'after'] as const) {
      for (let first = 1, died = true; died; first += atOnce) {
        const here = Array.from({ length: atOnce }, (_, n) => killedAt(test, newMachine, { n: first + n, when }));
        const deaths = (await Promise.all(here)).filter((wasKilled) => wasKilled).length;
        points += deaths;
        died = deaths === atOnce;
      }
    }
    test.diagnostic(`${points} crash points covered; without a crash the steps are ${steps.join(' ')}`);
    assert.ok(points >= 2 * steps.length);
  });

  it('in two lives running publishes the upload once all the same', async (test) => {
    const seed = Date.now() % 2 ** 31;
    test.diagnostic(`seed ${seed}`);
    const fates = fc.record({ n: fc.integer({ min: 1, max: 34 }), when: fc.constantFrom('before', 'after') });
    for (const pair of fc.sample(fc.tuple(fates, fates), { numRuns: pairs, seed })) {
      const on = await newMachine(test);
      await live(on, pair);
      try {
        allIsWell(on);
      } catch (error) {
        throw new Error(`killed ${pair.map(({ n, when }) => `${when} step ${n}`).join(', then ')}`, { cause: error });
      }
    }
  });
};

describe('A daemon that is killed', killedAnywhere(machine, 20));

describe(
  'A daemon that is killed and whose log is in an event store',
  killedAnywhere((test) => machine(test, undefined, undefined, onServer(test)), 10),
);

describe(
  'A daemon that is killed and whose log is in a cluster that elects when it starts again',
  killedAnywhere((test) => machine(test, undefined, undefined, onCluster(test)), 4),
);
