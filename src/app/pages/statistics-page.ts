import { instant } from '../../domain/codec.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Day, Level, Statistics, Tally } from '../../projections/statistics.ts';
import { timeWithin } from '../../projections/times.ts';
import type { World } from '../../projections/world.ts';

/** How finely time is divided: the last 30 days, 26 weeks (which begin on Mondays), or 24 months. */
type Step = 'days' | 'weeks' | 'months';

/** What happened in one stretch of time. `begins` is its first day. */
type Stretch = {
  readonly begins: string;
  readonly uploads: { readonly accepted: number; readonly rejected: number; readonly installed: number };
  readonly builds: readonly (Tally & { readonly architecture: string })[];
  /** Seconds within which half and nine of ten builds that succeeded were done. */
  readonly half: number | undefined;
  readonly most: number | undefined;
  readonly waiting: number;
  readonly running: number;
  /** Bytes at its end, by repository. */
  readonly kept: ReadonlyMap<RepositoryId, number>;
};

/** What the pictures of the statistics page are drawn from; days on which nothing happened are told of like any other. `now` in milliseconds. */
export const statisticsPage = (world: Pick<World, 'statistics' | 'configuration'>) => (step: Step, now: number) => {
  const { statistics } = world;
  const stretches = stretchesOf(statistics, beginnings(step, now));
  const repositories = keeping(world, stretches);
  const names = [...new Set(stretches.flatMap(({ builds }) => builds.map(({ architecture }) => architecture)))].sort();
  return {
    step,
    stretches: stretches.map(({ builds, kept, ...rest }) => ({
      ...rest,
      builds: names.map((architecture) => countsOf(architecture, builds)),
      kept: repositories.map((id) => kept.get(id) ?? 0),
    })),
    architectures: names,
    repositories: repositories.map((id) => ({
      repository: id as string,
      isConfigured: world.configuration.repositories.has(id),
      bytes: statistics.kept.get(id) ?? 0,
    })),
  };
};

/** Those that are configured, and those that are no more and kept anything meanwhile: they do until their files are let go. */
const keeping = (
  { configuration, statistics }: Pick<World, 'statistics' | 'configuration'>,
  stretches: readonly Stretch[],
): readonly RepositoryId[] => [
  ...configuration.repositories.keys(),
  ...[...statistics.kept.keys()].filter(
    (id) => !configuration.repositories.has(id) && stretches.some(({ kept }) => (kept.get(id) ?? 0) > 0),
  ),
];

const countsOf = (architecture: string, builds: Stretch['builds']) => {
  const { succeeded, failed } = builds.find((each) => each.architecture === architecture) ?? {
    succeeded: 0,
    failed: 0,
  };
  return { succeeded, failed };
};

/** First days of stretches, oldest first; the last is the one that `now` is in. */
const beginnings = (step: Step, now: number): readonly string[] => {
  const today = new Date(now);
  const [year, month, date] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  const monday = date - ((today.getUTCDay() + 6) % 7);
  const ago: Readonly<Record<Step, (n: number) => number>> = {
    days: (n) => Date.UTC(year, month, date - n),
    weeks: (n) => Date.UTC(year, month, monday - 7 * n),
    months: (n) => Date.UTC(year, month - n, 1),
  };
  return Array.from({ length: lengths[step] }, (_, n) => instant(ago[step](lengths[step] - 1 - n)).slice(0, 10));
};

const lengths: Readonly<Record<Step, number>> = { days: 30, weeks: 26, months: 24 };

const stretchesOf = ({ days }: Statistics, begins: readonly string[]): readonly Stretch[] => {
  let next = days.findIndex(({ day }) => day >= (begins[0] ?? ''));
  if (next === -1) next = days.length;
  let before = days[next - 1];
  let kept = lastKept(days.slice(0, next));
  return begins.map((first, index) => {
    const end = begins[index + 1];
    const within: Day[] = [];
    for (let day = days[next]; day !== undefined && (end === undefined || day.day < end); day = days[next]) {
      within.push(day);
      next += 1;
    }
    const stretch = added(first, within, before, lastKept(within) ?? kept);
    before = within.at(-1) ?? before;
    kept = stretch.kept;
    return stretch;
  });
};

const lastKept = (days: readonly Day[]): ReadonlyMap<RepositoryId, number> | undefined =>
  days.findLast(({ kept }) => kept !== undefined)?.kept;

/** Where nothing happened, what waited and ran goes on from before. */
const added = (
  begins: string,
  days: readonly Day[],
  before: Day | undefined,
  kept: ReadonlyMap<RepositoryId, number> = new Map(),
): Stretch => {
  const builds = talliesOf(days);
  const times = together(builds.map((each) => each.times));
  return {
    begins,
    uploads: {
      accepted: sum(days.map(({ uploads }) => uploads.accepted)),
      rejected: sum(days.map(({ uploads }) => uploads.rejected)),
      installed: sum(days.map(({ uploads }) => uploads.installed)),
    },
    builds,
    half: timeWithin(times, 0.5),
    most: timeWithin(times, 0.9),
    waiting: highest(
      days.map(({ waiting }) => waiting),
      before?.waiting,
    ),
    running: highest(
      days.map(({ running }) => running),
      before?.running,
    ),
    kept,
  };
};

const highest = (levels: readonly Level[], before: Level | undefined): number =>
  Math.max(before?.last ?? 0, ...levels.map(({ most }) => most));

const talliesOf = (days: readonly Day[]): Stretch['builds'] => {
  const all = days.flatMap(({ builds }) => [...builds]);
  return [...Map.groupBy(all, ([architecture]) => architecture)].map(([architecture, tallies]) => ({
    architecture: architecture as string,
    succeeded: sum(tallies.map(([, { succeeded }]) => succeeded)),
    failed: sum(tallies.map(([, { failed }]) => failed)),
    times: together(tallies.map(([, { times }]) => times)),
  }));
};

const together = (all: readonly (readonly number[])[]): number[] =>
  Array.from({ length: Math.max(0, ...all.map(({ length }) => length)) }, (_, step) =>
    sum(all.map((times) => times[step] ?? 0)),
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
