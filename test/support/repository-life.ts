import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { defaultLayouts } from '../../src/domain/configuration/default-layouts.ts';
import type { LayoutConfigured } from '../../src/domain/configuration/events.ts';
import { type DistributionName, distributionName } from '../../src/domain/debian/distribution.ts';
import type { SuiteName } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { HeldVersion } from '../../src/ports/archive.ts';
import { ownedElsewhere, slotOf } from '../../src/projections/contents.ts';
import { acme, amd64, configured, main, source, stored, trixie, uploadId, version } from './fixed-examples.ts';
import type { Daemon } from './in-memory-daemon.ts';
import { type Place, type RepositoryModel, repositoryModel, type Suite } from './repository-model.ts';

/* Random lives of a repository, for the daemon and for the model of it. */

export const suites: readonly Suite[] = [
  { name: 'unstable', rollbacks: 3, migratesTo: 'testing' },
  { name: 'testing', rollbacks: 2, migratesTo: 'stable' },
  { name: 'stable', rollbacks: 1, migratesTo: undefined },
];

export const sources = ['alpha', 'beta', 'gamma'] as const;

/** Every third version brings a binary package that other sources bring too. */
export const binariesOf = (name: string, number: number): readonly string[] =>
  number % 3 === 0 ? [name, 'common'] : [name];

export const distributionOf = ({ suite, rollback }: Place): DistributionName =>
  distributionName({ codename: trixie, repository: acme, suite: suite as SuiteName, rollback });

export const versionOf = (number: number) => version(`1.0-${number}`);

/** What an administrator says of such a repository. */
export const lifeConfigured: readonly DaemonEvent[] = [
  ...configured.map((event) =>
    event.type === 'LayoutConfigured' && event.layout === 'Default' ? narrowed(event) : event,
  ),
  { type: 'EngineStarted' },
];

function narrowed(layout: LayoutConfigured): LayoutConfigured {
  const known = defaultLayouts.find((each) => each.layout === layout.layout)?.suites ?? [];
  return {
    ...layout,
    suites: suites.map(({ name, rollbacks, migratesTo }) => ({
      ...(known.find((each) => each.suite === name) as (typeof known)[number]),
      rollbacks,
      migratesTo: (migratesTo ?? null) as SuiteName | null,
    })),
  };
}

const place = fc.record({
  suite: fc.constantFrom(...suites.map(({ name }) => name)),
  rollback: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(3) }),
});
const set = fc.uniqueArray(fc.constantFrom(...sources), { minLength: 1, maxLength: 3 });

/** One deed of a life. */
export const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('install' as const), source: fc.constantFrom(...sources) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('migrate' as const),
      set,
      place,
      full: fc.boolean(),
      allowDowngrades: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), set, place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('restore' as const),
      set,
      place,
      version: fc.option(fc.integer({ min: 1, max: 8 })),
    }),
  },
);

type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

const admin: Caller = {
  actor: { kind: 'account', name: '5f0c2a9be1d47836' },
  privilege: 'admin',
  shown: 'session',
};

/** A version as the archive is told of it, its files being nowhere. */
export const imagined = async (name: string, number: number): Promise<HeldVersion> => ({
  source: source(name),
  version: versionOf(number),
  component: main,
  dsc: stored(`${name}_1.0-${number}.dsc`),
  sources: [],
  binaries: binariesOf(name, number).map((binary) => ({
    package: binary,
    version: versionOf(number),
    architecture: amd64,
    component: main,
    file: stored(`${binary}_1.0-${number}_amd64.deb`, `${name} ${binary} ${number}`),
  })),
});

/** A life led by both. `make` gives the packages of a version. */
export const life = (daemon: Daemon, make: typeof imagined) => {
  const model = repositoryModel(suites, binariesOf);
  let count = 0;

  const install = async (name: string, number: number): Promise<boolean> => {
    const held = await make(name, number);
    const { engine, world } = daemon;
    const distribution = distributionOf({ suite: 'unstable', rollback: undefined });
    const upload = uploadId(++count);
    const because = { actor: admin.actor, causedBy: undefined, correlation: upload };
    const about = { repository: acme, source: held.source, version: held.version, upload };
    const reserved = await engine.tell(
      { command: 'ReserveVersion', ...about, distribution, sources: held.sources },
      because,
    );
    if (!isRight(reserved)) return false;
    const packages = held.binaries.map((binary) => binary.package);
    const owned = ownedElsewhere(world.contents, distribution, held.source, packages);
    const { component, dsc, sources: files, binaries } = held;
    const installed = await engine.tell(
      {
        command: 'InstallPackage',
        ...about,
        distribution,
        component,
        dsc,
        sources: files,
        binaries,
        ownedElsewhere: owned,
      },
      because,
    );
    if (isRight(installed)) return true;
    await engine.tell({ command: 'ReleaseVersion', ...about, reason: installed.left.fact }, because);
    return false;
  };

  const say = async (
    command: string,
    { set: names, place: at }: { set: readonly string[]; place: Place },
    more = {},
  ) => {
    const given = { package: names.join(','), distribution: distributionOf(at), ...more };
    return isRight(await daemon.engine.api.run(command, given, admin));
  };

  return {
    model,
    /** Does it here and there, and holds the two against each other. */
    lead: async (each: Deed, number: number): Promise<void> => {
      const [done, expected] = await both(each, number, model);
      assert.equal(done, expected, `${JSON.stringify(each)}, version ${number}`);
      for (const { name } of suites) {
        for (const of of sources) {
          const { present, earlier } = slotOf(
            daemon.world.contents,
            distributionOf({ suite: name, rollback: undefined }),
            source(of),
          );
          assert.deepEqual(
            [present, ...earlier].map((held) => held?.version),
            model.shown(name, of).map((shown) => (shown === undefined ? undefined : versionOf(shown))),
            `${of} in ${name} after ${JSON.stringify(each)}`,
          );
        }
      }
    },
  };

  async function both(each: Deed, number: number, of: RepositoryModel): Promise<readonly [boolean, boolean]> {
    switch (each.do) {
      case 'install':
        return [await install(each.source, number), of.install(each.source, number, 'unstable')];
      case 'migrate': {
        const more = { full: String(each.full), 'allow-downgrades': String(each.allowDowngrades) };
        const done = await say('migrate', each, more);
        return [done, of.migrate(each.set, each.place, each.full, each.allowDowngrades)];
      }
      case 'remove':
        return [await say('remove', each), of.remove(each.set, each.place)];
      case 'restore': {
        const more = each.version === null ? {} : { version: versionOf(each.version) };
        return [await say('restore', each, more), of.restore(each.set, each.place, each.version ?? undefined)];
      }
    }
  }
};
