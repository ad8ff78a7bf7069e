import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { acme, arm64, configured, trixieConfigured, unstable, version } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Fate, type Machine, machine } from '../support/in-memory-daemon.ts';
import { type Elsewhere, onCluster, onServer } from '../support/logs-in-event-stores.ts';
import { type SourceUpload, sourceUpload } from '../support/source-upload.ts';

/** arm64 is optional, and hello needs libgreet there, which comes after it. */
const hello = sourceUpload();
const libgreet = sourceUpload({ source: 'libgreet', version: version('2.0-1~acme13+1') });
const needed = 'libgreet (>= 2.0)';

const optional = trixieConfigured.architectures.map((each) => ({ ...each, optional: each.architecture === arm64 }));

const prepared = async (test: TestContext, where: (test: TestContext) => Elsewhere | undefined): Promise<Machine> => {
  const given = [
    ...configured.map((event) =>
      event === trixieConfigured ? { ...trixieConfigured, architectures: optional } : event,
    ),
    { type: 'EngineStarted' } as const,
  ];
  const on = await machine(test, given, undefined, where(test));
  on.builder.behave(({ source, architecture }) =>
    source === 'hello' && architecture === arm64 && !seen(on, 'libgreet').includes('libgreet/arm64')
      ? { waitsFor: [needed] }
      : 'succeeds',
  );
  return on;
};

const seen = (on: Machine, source: string): readonly string[] =>
  on.archive
    .seen(acme)
    ?.distributions.find(({ name }) => name === unstable)
    ?.holds.filter((held) => held.source === source)
    .flatMap(({ binaries }) => binaries.map((binary) => `${binary.package}/${binary.architecture}`))
    .sort() ?? [];

/** dput, run again until everything was acknowledged; then the daemon goes on until apt sees `source`. */
const bring = async (on: Machine, daemon: Daemon, upload: SourceUpload): Promise<void> => {
  if (!daemon.isDead() && seen(on, upload.source).length === 0) {
    await daemon.uploads(upload);
    await daemon.until(() => seen(on, upload.source).length > 0);
  }
};

const isOver = ({ builds, uploads, progress }: Daemon['world']): boolean =>
  builds.open.size === 0 && uploads.open.size === 0 && progress.uploads.size === 0;

/** One life with this fate, and one without. Says which steps the first one took, and whether it died. */
const live = async (on: Machine, fate: Fate | undefined) => {
  const lives: Daemon[] = [];
  for (const each of fate === undefined ? [undefined] : [fate, undefined]) {
    const daemon = await boot(on, each);
    lives.push(daemon);
    await bring(on, daemon, hello);
    await bring(on, daemon, libgreet);
    if (!daemon.isDead()) await daemon.until((world) => isOver(world) && seen(on, 'hello').length === 3);
    const survived = !daemon.isDead();
    await daemon.kill();
    if (survived) break;
  }
  return { steps: lives[0]?.steps ?? [], died: lives.length > 1 };
};

const allIsWell = (on: Machine): void => {
  assert.deepEqual(seen(on, 'hello'), ['hello-doc/all', 'hello/amd64', 'hello/arm64']);
  const of = (source: string) => eventsOf(on, 'PackageInstalled').filter((event) => event.source === source);
  assert.deepEqual([of('hello').length, of('libgreet').length], [1, 1]);
  const added = eventsOf(on, 'ArchitectureAdded').filter(({ source }) => source === 'hello');
  assert.equal(added.length, 1, 'arm64 joined once');
  assert.deepEqual(eventsOf(on, 'ArchitectureRefused'), []);
  assert.deepEqual(eventsOf(on, 'BuildFailed'), []);
  assert.deepEqual(eventsOf(on, 'BuildCancelled'), []);
  assert.deepEqual(on.builder.doubled, []);
};

/** Of the steps at which it is killed, every so manieth, others each time: that every single one is safe, the main road's test shows. */
const stride = 3;

const letsJoin = (where: (test: TestContext) => Elsewhere | undefined) => async (test: TestContext) => {
  const on = await prepared(test, where);
  const { steps } = await live(on, undefined);
  allIsWell(on);
  let points = 0;
  const first = 1 + (Math.floor(Date.now() / 1000) % stride);
  test.diagnostic(`from step ${first}`);
  for (let n = first; n <= steps.length; n += stride) {
    const when = n % 2 === 0 ? 'before' : 'after';
    const other = await prepared(test, where);
    const { died } = await live(other, { n, when });
    if (died) points += 1;
    try {
      allIsWell(other);
    } catch (error) {
      throw new Error(`killed ${when} step ${n} of ${steps.join(' ')}`, { cause: error });
    }
  }
  test.diagnostic(`${points} crash points`);
  assert.ok(points > steps.length / (2 * stride));
};

describe('A daemon that is killed while builds wait for others', () => {
  const does = 'lets what waited join in its next life, once, before or after whichever step it was';
  it(
    does,
    letsJoin(() => undefined),
  );
  it(`${does}, with its log in an event store`, letsJoin(onServer));
  it(`${does}, with its log in a cluster that elects when it starts again`, letsJoin(onCluster));
});
