import type { Architecture, SourceName } from '../domain/debian/names.ts';
import { countTime, type Times, timeWithin } from './times.ts';

/** What builds that succeeded took, by architecture, in whole seconds. Folded in place: ask, do not keep. */
export type BuildDurations = Map<Architecture, Past>;

type Past = {
  /** What each source takes by now: the last time counts half, the one before a quarter, and so on. */
  readonly ofSource: Map<SourceName, number>;
  /** Of all that were ever built there. */
  succeeded: number;
  seconds: number;
  readonly times: Times;
};

/** How long a build may take, in seconds. Of a source that was never built here nobody knows: then it may well take longer than builds do on average. */
export type Expected = { readonly seconds: number; readonly atMost: number };

/** So many builds say something about those that come. */
const enough = 20;
/** Of what is not known at all this share takes no longer. */
const shareWithin = 0.95;

export const noDurations = (): BuildDurations => new Map();

export const learnDuration = (
  durations: BuildDurations,
  source: SourceName,
  on: Architecture,
  seconds: number,
): void => {
  const took = Math.max(1, Math.round(seconds));
  const past = durations.get(on) ?? { ofSource: new Map(), succeeded: 0, seconds: 0, times: [] };
  const before = past.ofSource.get(source) ?? took;
  past.ofSource.set(source, Math.round((before + took) / 2));
  past.succeeded += 1;
  past.seconds += took;
  countTime(past.times, took);
  durations.set(on, past);
};

/** By earlier builds of the source there; else by those on other architectures; else by whatever is built there. `undefined` when all that says nothing. */
export const expectedDuration = (
  durations: BuildDurations,
  source: SourceName,
  on: Architecture,
): Expected | undefined => {
  const past = durations.get(on);
  const seconds = past?.ofSource.get(source) ?? elsewhere(durations, source, past);
  if (seconds !== undefined) return { seconds, atMost: seconds };
  if (past === undefined || past.succeeded < enough) return undefined;
  const mean = meanOf(past);
  return { seconds: mean, atMost: Math.max(mean, Math.round(timeWithin(past.times, shareWithin) ?? mean)) };
};

/** The longest of what it took on other architectures, by how much longer builds take here than there. */
const elsewhere = (durations: BuildDurations, source: SourceName, here: Past | undefined): number | undefined => {
  let longest: number | undefined;
  for (const there of durations.values()) {
    const took = there.ofSource.get(source);
    if (took !== undefined) longest = Math.max(longest ?? 1, Math.round(took * paceOf(here, there)));
  }
  return longest;
};

const paceOf = (here: Past | undefined, there: Past): number =>
  here === undefined || here.succeeded < enough || there.succeeded < enough ? 1 : meanOf(here) / meanOf(there);

const meanOf = ({ seconds, succeeded }: Past): number => Math.round(seconds / succeeded);
