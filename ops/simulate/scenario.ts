import type { Architecture, RepositoryId, SourceName } from '../../src/domain/debian/names.ts';
import { type Chance, chance } from './random.ts';

export type Wanted = {
  readonly builds: number;
  readonly builders: number;
  /** Share of builders that die. */
  readonly dying: number;
  readonly seed: number;
};

/** One machine that builds, and how long it lives. Seconds from the beginning. */
export type Machine = {
  readonly name: string;
  readonly room: number;
  readonly architectures: readonly Architecture[];
  readonly diesAt: number | undefined;
  /** It comes back with what it had finished meanwhile, which nobody waits for any more. */
  readonly returnsAt: number | undefined;
};

/** One source package, and what is so about it though the daemon does not know it. */
export type Work = {
  readonly source: SourceName;
  readonly repository: RepositoryId;
  readonly uploader: string;
  /** Seconds from the beginning. */
  readonly uploadedAt: number;
  /** What each of its builds takes, in seconds. */
  readonly seconds: ReadonlyMap<Architecture, number>;
  /** What earlier builds of it took; empty for one that was never here. */
  readonly tookBefore: ReadonlyMap<Architecture, number>;
  /** Whether it is arch-indep only. */
  readonly isAll: boolean;
  /** What has to be published before it can be built. */
  readonly needs: readonly SourceName[];
  readonly failsOn: Architecture | undefined;
};

export type Scenario = { readonly machines: readonly Machine[]; readonly works: readonly Work[] };

const [amd64, arm64, i386, riscv64] = ['amd64', 'arm64', 'i386', 'riscv64'] as Architecture[] as [
  Architecture,
  Architecture,
  Architecture,
  Architecture,
];

/** How much longer builds take there than on amd64; of the last one nobody waits for the result. */
export const paces: ReadonlyMap<Architecture, number> = new Map([
  [amd64, 1],
  [i386, 1],
  [arm64, 1.2],
  [riscv64, 2],
]);
export const optional: ReadonlySet<Architecture> = new Set([riscv64]);

/** Whether a package is there on an architecture, once it is built: what is not cannot be needed there. */
export const isBuiltOn = (work: Work | undefined, on: Architecture): boolean =>
  work !== undefined && (work.isAll || work.seconds.has(on));

/** The repository that is rebuilt with its new compiler, and those of other people who work meanwhile. */
const rebuilt = 'base' as RepositoryId;
const others = ['desktop', 'robots', 'science'] as RepositoryId[];
export const repositories: readonly RepositoryId[] = [rebuilt, ...others];

const toolchain = 'gcc' as SourceName;
const toolchainSeconds = 1_200;
/** When the compiler is published for sure, and how many uploads of its rebuild come in a second. */
const burstAt = 3 * toolchainSeconds;
const perSecond = 10;
/** Shares of the rebuild, wave by wave: each needs something of the wave before. */
const waves = [0.05, 0.15, 0.25, 0.25, 0.3];
const shareOfBurst = 0.7;
const othersWithin = 4 * 3_600;

/**
 * A compiler is uploaded, and once it is published a repository is rebuilt with it in waves; other people upload meanwhile. Times of builds are
 * log-normal, as in archives: half take less than 150 seconds, few take hours.
 */
export const scenario = ({ builds, builders, dying, seed }: Wanted): Scenario => {
  const luck = chance(seed);
  const machines = mortal(
    Array.from({ length: builders }, (_, n) => machine(n, luck)),
    dying,
    luck,
  );
  const compiler = { ...work(toolchain, rebuilt, 'toolchain', 0, luck, fixedOf(toolchainSeconds)), isAll: false };
  const burst = rebuild(Math.round(builds * shareOfBurst) - compiler.seconds.size, luck);
  const rest = builds - compiler.seconds.size - buildsOf(burst);
  return { machines, works: [compiler, ...burst, ...meanwhile(rest, luck)] };
};

const buildsOf = (works: readonly Work[]): number => works.reduce((sum, { seconds }) => sum + seconds.size, 0);

const kinds: readonly (readonly Architecture[])[] = [
  [amd64, i386],
  [riscv64],
  [amd64, i386],
  [arm64],
  [amd64, i386],
  [riscv64],
  [amd64, i386],
  [arm64],
  [riscv64],
  [amd64, i386],
];

const machine = (n: number, luck: Chance): Machine => ({
  name: `builder${n}.example.org:8066`,
  room: luck.oneOf([1, 2, 2, 4, 4, 8]),
  architectures: kinds[n % kinds.length] ?? [],
  diesAt: undefined,
  returnsAt: undefined,
});

/** The first one is the daemon's own, and lives. Every second of the others comes back after an hour. */
const mortal = (machines: readonly Machine[], share: number, luck: Chance): readonly Machine[] => {
  const doomed = new Map<number, number>();
  const most = Math.min(Math.ceil(machines.length * share), machines.length - 1);
  while (doomed.size < most) doomed.set(1 + luck.below(machines.length - 1), burstAt + luck.below(2 * 3_600));
  return machines.map((each, n) => {
    const diesAt = doomed.get(n);
    const returnsAt = diesAt !== undefined && luck.happens(0.5) ? diesAt + 3_600 : undefined;
    return { ...each, diesAt, returnsAt };
  });
};

const rebuild = (builds: number, luck: Chance): readonly Work[] => {
  const made: Work[] = [];
  let before: readonly SourceName[] = [];
  let left = builds;
  for (const [wave, share] of waves.entries()) {
    const here: Work[] = [];
    for (let count = 0; count < Math.min(builds * share, left); count = buildsOf(here)) {
      const name = `wave${wave}-${here.length}` as SourceName;
      const at = burstAt + (made.length + here.length) / perSecond;
      const drawn = work(name, rebuilt, 'rebuilder', at, luck, seconds(luck));
      const needs = [toolchain, ...(before.length === 0 ? [] : [luck.oneOf(before), luck.oneOf(before)])];
      here.push({
        ...drawn,
        needs: [...new Set(needs)],
        failsOn: wave === waves.length - 1 ? drawn.failsOn : undefined,
      });
    }
    left -= buildsOf(here);
    before = here.map(({ source }) => source);
    made.push(...here);
  }
  return made;
};

/** Half of it waits when the compiler comes, the rest comes one by one. */
const meanwhile = (builds: number, luck: Chance): readonly Work[] => {
  const made: Work[] = [];
  for (let n = 0, count = 0; count < builds; n += 1) {
    const repository = others[n % others.length] as RepositoryId;
    const at = luck.happens(0.5) ? luck.below(60) : luck.below(othersWithin);
    const drawn = work(`${repository}-${n}` as SourceName, repository, `${repository}-people`, at, luck, seconds(luck));
    made.push(drawn);
    count += drawn.seconds.size;
  }
  return made;
};

const longest = 7_200;
const seconds = (luck: Chance) => (): number => Math.min(longest, Math.max(20, luck.logNormal(150, 1.2)));
const fixedOf = (fixed: number) => (): number => fixed;

const work = (
  source: SourceName,
  repository: RepositoryId,
  uploader: string,
  uploadedAt: number,
  luck: Chance,
  draw: () => number,
): Work => {
  const isAll = source !== toolchain && luck.happens(0.3);
  const wanted = isAll ? [amd64] : luck.happens(0.2) ? [amd64, arm64] : [...paces.keys()];
  const base = draw();
  const spread = (of: number, sigma: number): number => Math.round(of * luck.logNormal(1, sigma));
  const took = new Map(wanted.map((on) => [on, spread(base * (paces.get(on) ?? 1), 0.1)]));
  const isKnown = source === toolchain || luck.happens(0.9);
  return {
    source,
    repository,
    uploader,
    uploadedAt,
    seconds: took,
    tookBefore: isKnown ? new Map([...took].map(([on, each]) => [on, spread(each, 0.2)])) : new Map(),
    isAll,
    needs: [],
    failsOn: luck.happens(0.03) && source !== toolchain ? luck.oneOf(wanted) : undefined,
  };
};
