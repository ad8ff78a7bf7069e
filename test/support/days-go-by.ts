import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { StoredFile, Version } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { compactMoment } from '../../src/domain/moment.ts';
import { versionOf } from '../../src/projections/contents.ts';
import { filesOf } from '../../src/projections/needed-files.ts';
import { acme, configured, hello } from './fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Fate, type Machine, machine } from './in-memory-daemon.ts';
import { sourceUpload } from './source-upload.ts';

const dayMs = 86_400_000;
export const here = '192.0.2.1';
export const testing = 'trixie-acme-testing' as DistributionName;
export const admin: Caller = { actor: { kind: 'administrator', name: 'host' }, privilege: 'admin', shown: 'nothing' };
export const user: Caller = {
  actor: { kind: 'account', name: '00000000000000aa' },
  privilege: 'login',
  shown: 'password',
};
export const v = (n: number): Version => `2.10-${n}~acme13+1` as Version;

/** As `Default`, but that unstable has so many rollbacks, and all else none. */
export const withRollbacks = (rollbacks: number): readonly DaemonEvent[] =>
  configured.map((event) =>
    event.type === 'LayoutConfigured' && event.layout === 'Default'
      ? {
          ...event,
          suites: event.suites.map((each) => ({ ...each, rollbacks: each.suite === 'unstable' ? rollbacks : 0 })),
        }
      : event,
  );

const publishedTo = ({ world }: Daemon): boolean =>
  world.uploads.open.size === 0 &&
  world.publications.get(acme)?.published?.upTo === world.publications.get(acme)?.content;

/** An instance on which days pass while its daemon is down: awake, it would look at its clock four times a minute. */
const instance = async (test: TestContext, rollbacks = 1) => {
  const on = await machine(test, [...withRollbacks(rollbacks), { type: 'EngineStarted' }]);
  let daemon = await boot(on);
  test.after(() => daemon.kill());
  const ask = (name: string, given: Readonly<Record<string, string>>, caller: Caller) =>
    daemon.engine.api.run(name, given, caller);
  return {
    on,
    daemon: () => daemon,
    until: (asked: () => boolean) => daemon.until(asked),
    later: async (days: number, fate?: Fate): Promise<Daemon> => {
      await daemon.kill();
      on.clock.advance(days * dayMs);
      daemon = await boot(on, fate);
      return daemon;
    },
    run: async (name: string, given: Readonly<Record<string, string>>, caller = admin) => {
      const answer = await ask(name, given, caller);
      assert.ok(isRight(answer), JSON.stringify(answer));
      return answer.right.json as never;
    },
    refusedBy: async (name: string, given: Readonly<Record<string, string>>, caller = admin) => {
      const answer = await ask(name, given, caller);
      assert.ok(isLeft(answer), JSON.stringify(answer));
      return answer.left[0]?.rule;
    },
  };
};

type Instance = Awaited<ReturnType<typeof instance>>;

/** So many versions of hello were published, a day each; the last stands, and as many before it as there are rollbacks. */
export const afterSome = async (
  test: TestContext,
  versions: readonly number[],
  rollbacks: number,
  prepare: (here: Instance) => Promise<void> = async () => {},
) => {
  const here = await instance(test, rollbacks);
  await prepare(here);
  const { on, later, until } = here;
  const times: string[] = [];
  for (const n of versions) {
    await here.daemon().uploads(sourceUpload({ version: v(n), withOrig: n === 1 }));
    const isThere = ({ world }: Daemon): boolean => versionOf(world.contents, acme, hello, v(n)) !== undefined;
    await until(() => isThere(here.daemon()) && publishedTo(here.daemon()));
    times.push(compactMoment(instant(on.clock.now())));
    await later(1);
  }
  return { ...here, times };
};

/** 3 and 4 stand, 1 and 2 do not. */
export const afterFour = (test: TestContext) => afterSome(test, [1, 2, 3, 4], 1);

export const filesOfVersion = ({ world }: Daemon, n: number): readonly StoredFile[] => {
  const held = versionOf(world.contents, acme, hello, v(n));
  assert.ok(held !== undefined);
  return filesOf(held);
};

/** Which of the versions' files the store has: all, some or none. */
export const stored = async (on: Machine, daemon: Daemon, n: number): Promise<string> => {
  const has = await Promise.all(filesOfVersion(daemon, n).map(({ sha256 }) => on.files.has(sha256)));
  return has.every(Boolean) ? 'all' : has.some(Boolean) ? 'some' : 'none';
};

export const lostVersions = (on: Machine): readonly Version[] =>
  eventsOf(on, 'FilesLetGo').map(({ version }) => version);
export const isCleared = ({ world }: Daemon): boolean =>
  world.retention.unremoved.size === 0 && world.retention.unremovedFiles.size === 0;
