import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { Architecture } from '../../domain/debian/names.ts';
import { builtAs } from '../../projections/binnmus.ts';
import type { BuildQueue, BuildStatus, BuildStory } from '../../projections/build-queue.ts';
import { type Place, whyWaiting } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { pageOf } from './listing.ts';

/** In words that people are shown. */
const buildWords = ['needs-build', 'building', 'dep-wait', 'built', 'failed', 'skipped', 'cancelled'] as const;
type BuildWord = (typeof buildWords)[number];

/** Those by which builds are sought: `waiting` is what waits for a builder or for dependencies. */
export const soughtStates = ['any', 'waiting', ...buildWords] as const;

/** Which builds are asked for; `undefined` is any. */
export type BuildsAsked = {
  readonly state: (typeof soughtStates)[number];
  readonly architecture: Architecture | undefined;
  readonly distribution: DistributionName | undefined;
  readonly builder: string | undefined;
  readonly source: (name: string) => boolean;
  /** From 1. */
  readonly page: number | undefined;
};

/**
 * A page of builds: all of uploads under way, the last wanted first, then those that ended lately, the last ended first. Older ones are in
 * the log only.
 */
export const buildsList = (world: World, place: Place, now: () => number) => (asked: BuildsAsked) => {
  const { items, ...where } = pageOf(newestFirst(world.builds).filter(isMeant(asked)), asked.page ?? 1);
  return {
    ...where,
    items: items.map((build) => ({ ...lineOf(build, world, now()), note: noteOf(build, world, place) ?? null })),
  };
};

const newestFirst = ({ open, ended }: BuildQueue): readonly BuildStory[] => [...[...open.values()].reverse(), ...ended];

const isMeant =
  ({ state, architecture, distribution, builder, source }: BuildsAsked) =>
  (build: BuildStory): boolean =>
    isIn(state, wordOf(build.status)) &&
    (architecture === undefined || architecture === build.requested.architecture) &&
    (distribution === undefined || distribution === build.requested.distribution) &&
    (builder === undefined || builder === build.builder) &&
    source(build.requested.source);

const isIn = (sought: BuildsAsked['state'], word: BuildWord): boolean =>
  sought === 'any' || sought === word || (sought === 'waiting' && (word === 'needs-build' || word === 'dep-wait'));

const wordOf = (status: BuildStatus): BuildWord => (status === 'assigned' ? 'building' : status);

const lineOf = (build: BuildStory, world: World, now: number) => ({
  build: build.id,
  upload: build.requested.upload,
  source: build.requested.source as string,
  version: builtAs(world.binNmus, build.requested) as string,
  distribution: build.requested.distribution as string,
  architecture: build.requested.architecture as string,
  state: wordOf(build.status),
  builder: build.builder ?? null,
  requestedAt: build.requestedAt,
  changedAt: build.changedAt,
  startedAt: build.startedAt ?? null,
  seconds: secondsOf(build, now) ?? null,
  hasLog: hasLog(build),
});

/** How long it took, or takes already; nothing of what never ran, or is to be begun again. */
const secondsOf = ({ status, startedAt, changedAt }: BuildStory, now: number): number | undefined => {
  if (startedAt === undefined) return undefined;
  const until = status === 'building' ? now : Date.parse(changedAt);
  return Math.max(0, Math.round((until - Date.parse(startedAt)) / 1000));
};

/** What another instance builds has its log there, and here when it ended. */
const hasLog = ({ status, dispatched, outcome }: BuildStory): boolean =>
  status === 'building' ? dispatched === undefined : status === 'dep-wait' || (outcome?.log ?? null) !== null;

/** What a failure was, or why it waits or was cancelled. */
const noteOf = (build: BuildStory, world: World, place: Place): string | undefined => {
  if (build.status === 'needs-build' || build.status === 'dep-wait') return whyWaiting(build, world, place);
  if (build.outcome?.type === 'BuildFailed') return `${build.outcome.class}: ${build.outcome.fact}`;
  return build.status === 'cancelled' ? build.because : undefined;
};
