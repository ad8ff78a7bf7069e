import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { Architecture } from '../../domain/debian/names.ts';
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
export const buildsList = (world: World, place: Place) => (asked: BuildsAsked) => {
  const { items, ...where } = pageOf(newestFirst(world.builds).filter(isMeant(asked)), asked.page ?? 1);
  return { ...where, items: items.map((build) => lineOf(build, world, place)) };
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

const lineOf = (build: BuildStory, world: World, place: Place) => ({
  build: build.id,
  upload: build.requested.upload,
  source: build.requested.source as string,
  version: build.requested.version as string,
  distribution: build.requested.distribution as string,
  architecture: build.requested.architecture as string,
  state: wordOf(build.status),
  builder: build.builder ?? null,
  requestedAt: build.requestedAt,
  changedAt: build.changedAt,
  note: noteOf(build, world, place) ?? null,
});

/** What a failure was, or why it waits or was cancelled. */
const noteOf = (build: BuildStory, world: World, place: Place): string | undefined => {
  if (build.status === 'needs-build' || build.status === 'dep-wait') return whyWaiting(build, world, place);
  if (build.outcome?.type === 'BuildFailed') return `${build.outcome.class}: ${build.outcome.fact}`;
  return build.status === 'cancelled' ? build.because : undefined;
};
