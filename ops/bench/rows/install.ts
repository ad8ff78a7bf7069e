import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openpgpKeyring } from '../../../src/adapters/openpgp/openpgp-keyring.ts';
import { repreproArchive } from '../../../src/adapters/reprepro/reprepro-archive.ts';
import type { DistributionName } from '../../../src/domain/debian/distribution.ts';
import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import type { Archive, HeldVersion } from '../../../src/ports/archive.ts';
import { distribution, publication, test, unstable, workshop } from '../../../test/adapters/reprepro/workshop.ts';
import { makeBinaryPackage, makeChanges, makeSourcePackage } from '../../../test/support/deb.ts';
import { attempt, run } from '../../../test/system/support/programs.ts';
import { atMost, type Bench, type Figure, type Row, Skipped, shown } from '../row.ts';
import { inTurns, median, timed, timesLonger } from '../turns.ts';

const packages = 10_000;
const depths = [12, 6] as const;

/** Stands in the middle of every index. */
const middle = 'package-5-hello';

/** One package more in a large repository whose rollbacks all change with it. reprepro by hand has no rollbacks and signs nothing. */
export const install: Row = {
  name: 'install',
  about: 'one install with 6 and 12 rollbacks among 10,000 packages, over one reprepro include',
  seconds: 150,
  prepare: async (bench) => {
    if ((await attempt('sh', ['-c', 'command -v reprepro'])).code !== 0) throw new Skipped('reprepro is not installed');
    large = await largeRepository(bench);
  },
  run: async (bench) => {
    if (large === undefined) throw new Skipped('there is no large repository');
    const figures: Figure[] = [];
    for (const depth of depths) {
      bench.say(`${depth} rollbacks`);
      figures.push(...(await installing(depth, large, bench)));
    }
    return figures;
  },
};

type Large = {
  readonly archive: Archive;
  readonly signers: readonly Fingerprint[];
  /** Everything but the package that is installed again and again. */
  readonly others: readonly HeldVersion[];
  readonly next: () => Promise<HeldVersion>;
  /** Includes one more version as somebody without a daemon does. */
  readonly include: () => Promise<number>;
};

let large: Large | undefined;

const installing = async (
  depth: number,
  { archive, signers, others, next, include }: Large,
  bench: Bench,
): Promise<readonly Figure[]> => {
  let minute = 1000 * depth;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const occupants: HeldVersion[] = [];
  const install = async (): Promise<number> => {
    occupants.unshift(await next());
    const wanted = publication(distributionsOf(depth, others, occupants), minute++, signers);
    delay.enable();
    return timed(() => archive.publish(wanted, () => {})).finally(() => delay.disable());
  };
  for (let n = 0; n <= depth; n += 1) occupants.unshift(await next());
  await install();
  delay.reset();
  const pairs = await inTurns(bench, 5, install, () => include());
  const what = `${depth} rollbacks, ${packages.toLocaleString('en')} packages`;
  return [
    {
      what,
      ours: `${shown(median(pairs.ours) / 1000)} s`,
      peer: `reprepro include ${shown(median(pairs.theirs) / 1000)} s`,
      ...atMost(1.5, timesLonger(pairs)),
    },
    {
      what: `event loop, ${what}`,
      ours: `at most ${shown(delay.max / 1e6)} ms late`,
      peer: 'p99',
      ...atMost(20, delay.percentile(99) / 1e6, 'ms'),
    },
  ];
};

/** Each rollback is as full as the suite. */
const distributionsOf = (depth: number, others: readonly HeldVersion[], occupants: readonly HeldVersion[]) => [
  distribution(unstable, holding(others, occupants[0])),
  ...Array.from({ length: depth }, (_, rollback) =>
    distribution(`${unstable}-rollback${rollback}` as DistributionName, holding(others, occupants[rollback + 1])),
  ),
];

const holding = (others: readonly HeldVersion[], occupant: HeldVersion | undefined): readonly HeldVersion[] =>
  occupant === undefined ? others : [...others, occupant];

const largeRepository = async (bench: Bench): Promise<Large> => {
  const folder = await bench.folder('install');
  const shop = workshop(folder);
  const others: HeldVersion[] = [];
  let count = 0;
  const worker = async (): Promise<void> => {
    for (let n = count++; n < packages; n = count++) {
      others.push(await shop.hold({ source: `package-${n}`, version: '1.0-1' }));
      if (n % 1000 === 0) bench.say(`${n} of ${packages} packages made`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const home = join(folder, 'repositories');
  const keyring = openpgpKeyring({ keysFolder: join(folder, 'keys'), now: Date.now });
  const { fingerprint } = await keyring.newArchiveKey([]);
  const signers = [fingerprint];
  const archive = repreproArchive({
    home,
    files: shop.files,
    keyring,
  });
  bench.say('published for the first time');
  await archive.publish(publication(distributionsOf(12, others, []), 0, signers), () => {});
  let version = 1;
  return {
    archive,
    signers,
    others,
    next: () => shop.hold({ source: middle, version: `1.0-${version++}` }),
    include: await byHand(join(home, test), await bench.folder('install-by-hand')),
  };
};

/** A repository of reprepro's alone, with the same packages, which compresses its indices: ours leaves that to us. */
const byHand = async (like: string, folder: string): Promise<() => Promise<number>> => {
  await run('cp', ['-a', join(like, 'conf'), join(like, 'db'), join(like, 'dists'), folder]);
  await run('cp', ['-a', '--link', join(like, 'pool'), folder]);
  const configuration = join(folder, 'conf', 'distributions');
  const ours = await readFile(configuration, 'utf8');
  await writeFile(configuration, ours.replaceAll(/Indices: .*$/gm, '$& .gz'));
  const made = join(folder, 'made');
  let revision = 1;
  return async () => {
    const version = `2.0-${revision++}`; // An older one is not even looked at by reprepro.
    const { dsc, tarballs } = await makeSourcePackage(made, { source: middle, version });
    const changes = await makeChanges(made, {
      source: middle,
      version,
      distribution: unstable,
      architecture: 'source amd64',
      files: [dsc, ...tarballs, await makeBinaryPackage(made, { package: middle, version })],
    });
    return timed(() => run('reprepro', ['--silent', '--basedir', folder, 'include', unstable, changes]));
  };
};
