import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { acme, configured, unstable } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Fate, type Machine, machine } from '../support/in-memory-daemon.ts';
import { type Elsewhere, onCluster, onServer } from '../support/logs-in-event-stores.ts';
import { addNode, startNode } from '../support/node-in-memory.ts';
import { sourceUpload } from '../support/source-upload.ts';
import {
  acquaint,
  activate,
  chrootsOnly,
  instances,
  type Member,
  onlyAmd64,
  publisherOnly,
  together,
} from '../support/two-instances.ts';

type Where = (test: TestContext) => Elsewhere | undefined;

const hello = sourceUpload();

const seen = (on: Machine): readonly string[] =>
  on.archive
    .seen(acme)
    ?.distributions.find(({ name }) => name === unstable)
    ?.holds.flatMap(({ binaries }) => binaries.map((binary) => `${binary.package}/${binary.architecture}`))
    .sort() ?? [];

/** The steps of the daemon that fate was for, and whether it met it. */
type Lived = { readonly steps: readonly string[]; readonly died: boolean };

const allIsWell = (on: Machine): void => {
  assert.deepEqual(seen(on), ['hello-doc/all', 'hello/amd64']);
  assert.equal(eventsOf(on, 'PackageInstalled').length, 1);
  assert.equal(eventsOf(on, 'BuildSucceeded').length, 1);
  assert.deepEqual(eventsOf(on, 'BuildFailed'), []);
  const ids = on.store.events.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'no event is there twice');
};

type Live = (fate: Fate | undefined) => Promise<Lived>;

/** Lives once undisturbed, then once for every so manieth step, others each time, killed before or after it. */
const killedAtSteps = async (test: TestContext, stride: number, live: Live): Promise<void> => {
  const { steps } = await live(undefined);
  const first = 1 + (Math.floor(Date.now() / 1000) % stride);
  let points = 0;
  for (let n = first; n <= steps.length; n += stride) {
    const when = n % 2 === 0 ? 'before' : 'after';
    const { died } = await live({ n, when }).catch((error: unknown) => {
      throw new Error(`killed ${when} step ${n} of ${steps.join(' ')}`, { cause: error });
    });
    if (died) points += 1;
  }
  test.diagnostic(`from step ${first}, ${points} crash points of ${steps.join(' ')}`);
  assert.ok(points > steps.length / (2 * stride));
};

/** The archive with a node on one log: the archive is killed at this step, and the node lives on. */
const withNode =
  (test: TestContext, where: Where): Live =>
  async (fate) => {
    const given: readonly DaemonEvent[] = [...configured, onlyAmd64, { type: 'EngineStarted' }];
    const on = await machine(test, given, undefined, where(test));
    const setUp = await boot(on, undefined, 0);
    const name = await addNode(setUp, 'bert');
    await setUp.kill();
    const lives: Daemon[] = [];
    let archive = await boot(on, fate, 0);
    lives.push(archive);
    const node = await startNode(on, name, () => archive);
    const isOver = ({ uploads, builds }: Daemon['world']) =>
      seen(on).length > 0 && uploads.open.size === 0 && builds.open.size === 0;
    const once = async (): Promise<void> => {
      if (!archive.isDead()) await archive.uploads(hello);
      if (!archive.isDead()) await archive.until(isOver);
    };
    await once();
    if (archive.isDead()) {
      await archive.kill();
      archive = await boot(on, undefined, 0);
      lives.push(archive);
      await once();
    }
    node.kill();
    await archive.kill();
    assert.deepEqual(node.faults.map(String), []);
    allIsWell(on);
    return { steps: lives[0]?.steps ?? [], died: lives.length > 1 };
  };

/** Two instances with a log each: one of them is killed at this step. */
const withRemote =
  (test: TestContext, where: Where, who: 'ernie' | 'grover'): Live =>
  async (fate) => {
    const { of } = await instances(test, { ernie: publisherOnly, grover: chrootsOnly }, () => where(test));
    const { ernie, grover } = of;
    const both = [ernie, grover];
    await acquaint(ernie, grover);
    await activate(ernie, grover);
    await together(both, () => both.every(hasFound));
    const mortal = of[who];
    const again = async (with_: Fate | undefined): Promise<void> => {
      await mortal.daemon.kill();
      mortal.daemon = await boot(mortal.on, with_);
    };
    await again(fate);
    const first = mortal.daemon;
    const isOver = (): boolean =>
      first.isDead() && mortal.daemon === first
        ? true
        : seen(ernie.on).length > 0 && [...ernie.daemon.world.uploads.open].length === 0 && isIdle(grover);
    if (!ernie.daemon.isDead()) await ernie.daemon.uploads(hello);
    await together(both, isOver, 5);
    const died = first.isDead();
    if (died) {
      await again(undefined);
      if (who === 'ernie') await ernie.daemon.uploads(hello);
      await together(both, isOver, 5);
    }
    await Promise.all(both.map(({ daemon }) => daemon.kill()));
    allIsWell(ernie.on);
    return { steps: first.steps, died };
  };

const hasFound = ({ daemon }: Member): boolean =>
  daemon.engine.administration.machines().remotes.every(({ trustsUs, state }) => trustsUs && state === 'found');

const isIdle = ({ daemon }: Member): boolean => daemon.world.buildrequests.open.size === 0;

describe('A daemon that is killed while others build for it', () => {
  const places: readonly (readonly [string, number, Where])[] = [
    ['in memory', 3, () => undefined],
    ['in an event store', 8, onServer],
    ['in a cluster that elects when it starts again', 8, onCluster],
  ];
  for (const [called, stride, where] of places) {
    const killed = (live: (test: TestContext) => Live) => (test: TestContext) =>
      killedAtSteps(test, stride, live(test));
    it(
      `has what a node built, once, with its log ${called}`,
      killed((test) => withNode(test, where)),
    );
    it(
      `has what a remote built, once, with its log ${called}`,
      killed((test) => withRemote(test, where, 'ernie')),
    );
    it(
      `has what a remote built that was killed itself, with its log ${called}`,
      killed((test) => withRemote(test, where, 'grover')),
    );
  }
});
