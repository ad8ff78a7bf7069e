import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { mostRebuilds, tooLarge } from '../../domain/binnmu/binnmu.ts';
import { nextNumber } from '../../domain/binnmu/binnmu-version.ts';
import type { PlannedRebuild } from '../../domain/binnmu/events.ts';
import { wavesOf, withoutCircles } from '../../domain/binnmu/waves.ts';
import { resolveDistribution, type Target } from '../../domain/configuration/configuration.ts';
import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { Architecture, SourceName, Version } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { EventLog } from '../../ports/event-log.ts';
import { isRebuilt } from '../../projections/binnmus.ts';
import { type PackageStory, slotOf, storyKnown } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { type DscParts, needsOf, optionsOf } from './needs-of.ts';
import { type DependencyParts, dependents } from './reverse-dependencies.ts';

export type WantedBinNmu = {
  readonly distribution: DistributionName;
  readonly sources: readonly SourceName[];
  /** A binary package: sources whose packages depend on it are meant too. */
  readonly reverseDependenciesOf: string | undefined;
  /** Only this one. */
  readonly architecture: Architecture | undefined;
};

export type BinNmuParts = DependencyParts & DscParts & { readonly log: Pick<EventLog, 'readStream'> };

/** A source that is to be built again, on so many architectures. */
export type Chosen = {
  readonly source: SourceName;
  readonly version: Version;
  readonly number: number;
  readonly options: PlannedRebuild['options'];
  /** What it needs of the others, on each architecture. */
  readonly needs: ReadonlyMap<Architecture, readonly SourceName[]>;
  /** Why it is one of them, where it was not named. */
  readonly because: string | undefined;
};

export type LeftOut = { readonly source: SourceName; readonly version: Version | undefined; readonly because: string };

export type BinNmuPlan = {
  readonly target: Target;
  /** By wave: those of the first need none of the others. */
  readonly waves: readonly (readonly Chosen[])[];
  readonly leftOut: readonly LeftOut[];
};

/** Which sources are built again, where and in which order, and which are not. */
export const planBinNmu = async (wanted: WantedBinNmu, parts: BinNmuParts): Promise<Either<Refusal, BinNmuPlan>> => {
  const { world } = parts;
  const target = resolveDistribution(world.configuration, wanted.distribution);
  if (isLeft(target)) return target;
  if (parseDistribution(target.right.name).rollback !== undefined) return left(isRollback(target.right.name));
  const named = await sourcesMeant(wanted, target.right, parts);
  if (named.size === 0) return left(nothingNamed(wanted));
  const leftOut: LeftOut[] = [];
  const candidates: Candidate[] = [];
  let builds = 0;
  const coming = comingVersions(world, target.right.name);
  for (const [source, because] of named) {
    const looked = candidate(world, source, target.right, wanted.architecture, coming);
    if ('because' in looked) leftOut.push(looked);
    else {
      candidates.push({ ...looked, why: because });
      builds += looked.architectures.length;
    }
    // To order them every `.dsc` is read.
    if (builds > mostRebuilds) return left(tooLarge(`more than ${mostRebuilds} builds`));
  }
  const chosen = await ordered(candidates, target.right, leftOut, parts);
  if (chosen.length === 0) return left(nothingLeft(leftOut));
  return right({ target: target.right, waves: chosen, leftOut });
};

/** What does not hold any more of a plan that was made a while ago: whatever became of one of its sources meanwhile. */
export const outdatedIn = (
  { target, waves }: BinNmuPlan,
  { architecture }: WantedBinNmu,
  world: World,
): Refusal | undefined => {
  const coming = comingVersions(world, target.name);
  for (const { source, version, number, needs } of waves.flat()) {
    const now = candidate(world, source, target, architecture, coming);
    const holds =
      !('because' in now) &&
      now.held.version === version &&
      now.number === number &&
      now.architectures.join() === [...needs.keys()].join();
    if (!holds) return outdated(source, 'because' in now ? now.because : 'it is another one by now');
  }
  return undefined;
};

const outdated = (source: SourceName, because: string): Refusal =>
  refusal('plan-changed', `${source} changed while the binNMU was planned: ${because}`, 'ask for it once more');

/** Those that are named, and then those that depend on a package, each with the reason. */
const sourcesMeant = async (
  { sources, reverseDependenciesOf: of }: WantedBinNmu,
  target: Target,
  parts: BinNmuParts,
): Promise<ReadonlyMap<SourceName, string | undefined>> => {
  const meant = new Map<SourceName, string | undefined>(sources.map((source) => [source, undefined]));
  if (of === undefined) return meant;
  for (const [source, because] of await dependents(of, target, parts))
    if (!meant.has(source)) meant.set(source, because);
  return meant;
};

type Candidate = {
  readonly held: { readonly source: SourceName; readonly version: Version; readonly dsc: { readonly sha256: string } };
  readonly architectures: readonly Architecture[];
  readonly number: number;
  /** Names of all its binary packages there. */
  readonly packages: readonly string[];
  readonly why?: string | undefined;
};

const candidate = (
  world: World,
  source: SourceName,
  { name, repository: { repository }, distribution }: Target,
  only: Architecture | undefined,
  comingThere: Coming,
): Candidate | LeftOut => {
  const held = slotOf(world.contents, name, source).present;
  const without = (because: string): LeftOut => ({ source, version: held?.version, because });
  if (held === undefined) return without(`${name} does not have it`);
  const own = held.binaries.filter(({ architecture }) => architecture !== 'all');
  if (own.length === 0) return without('it has arch-indep packages only');
  const built = new Set(own.map(({ architecture }) => architecture));
  const configured = distribution.architectures.map(({ architecture }) => architecture);
  const architectures = configured.filter((each) => built.has(each) && (only === undefined || only === each));
  if (architectures.length === 0) return without(`it has no packages there for ${only ?? configured.join(', ')}`);
  if (isRebuilt(world.binNmus, repository, source)) return without('a binNMU of it is under way');
  const coming = comingThere.get(source);
  if (coming !== undefined) return without(`its version ${coming} is on the way there`);
  const rebuilt = own.filter(({ architecture }) => architectures.includes(architecture)).map(({ version }) => version);
  const story = storyKnown(world.contents, repository, source);
  const number = nextNumber(rebuilt, story === undefined ? [] : everBuilt(story));
  return { held, architectures, number, packages: held.binaries.map((binary) => binary.package) };
};

type Coming = ReadonlyMap<SourceName, Version>;

/** Of uploads to the same distribution that are accepted and not decided about. */
const comingVersions = ({ progress }: World, name: DistributionName): Coming =>
  new Map(
    progress.uploads
      .values()
      .filter(({ accepted, verdict }) => verdict === 'open' && accepted.distribution === name)
      .map(({ accepted: { source, version } }) => [source, version]),
  );

function* everBuilt({ versions, replaced }: PackageStory): Generator<Version> {
  for (const { binaries } of versions.values()) for (const { version } of binaries) yield version;
  for (const binaries of replaced?.values() ?? []) for (const { version } of binaries) yield version;
}

/** By waves, with what each needs of the others where both are built. One whose `.dsc` says nothing is left out. */
const ordered = async (
  candidates: readonly Candidate[],
  target: Target,
  leftOut: LeftOut[],
  parts: BinNmuParts,
): Promise<readonly (readonly Chosen[])[]> => {
  const owners = new Map(
    candidates.flatMap(({ held, packages }) => packages.map((each) => [each, held.source] as const)),
  );
  const on = new Map(candidates.map(({ held, architectures }) => [held.source, new Set(architectures)]));
  const chosen = new Map<SourceName, Chosen>();
  for (const { held, architectures, number, why } of candidates) {
    const { source, version } = held;
    const options = await optionsOf(target.repository.repository, source, version, parts);
    const needs = await needsOf(held, architectures, options, target, parts);
    if (needs === undefined) {
      leftOut.push({ source, version, because: 'its .dsc cannot be read' });
      continue;
    }
    const ofOthers = architectures.map((architecture) => {
      const sources = [...(needs.get(architecture) ?? [])].flatMap((name) => owners.get(name) ?? []);
      const there = sources.filter((other) => other !== source && on.get(other)?.has(architecture));
      return [architecture, [...new Set(there)].sort()] as const;
    });
    chosen.set(source, { source, version, number, options, needs: new Map(ofOthers), because: why });
  }
  const possible = withoutCircles(
    new Map([...chosen].map(([source, { needs }]) => [source, needsAnywhere(needs, chosen)])),
  );
  return wavesOf(possible).map((wave) =>
    wave.flatMap((source) => {
      const one = chosen.get(source);
      return one === undefined ? [] : [{ ...one, needs: within(one.needs, possible.get(source)) }];
    }),
  );
};

const needsAnywhere = (needs: Chosen['needs'], chosen: ReadonlyMap<SourceName, unknown>): ReadonlySet<SourceName> =>
  new Set([...needs.values()].flat().filter((source) => chosen.has(source)));

const within = (needs: Chosen['needs'], possible: ReadonlySet<SourceName> | undefined): Chosen['needs'] =>
  new Map([...needs].map(([architecture, sources]) => [architecture, sources.filter((each) => possible?.has(each))]));

const isRollback = (name: DistributionName): Refusal =>
  refusal(
    'rollback-not-rebuilt',
    `${name} is what its suite held before, and stays so`,
    'restore it, and rebuild it there',
  );

const nothingNamed = ({ reverseDependenciesOf: of, distribution }: WantedBinNmu): Refusal =>
  of === undefined
    ? refusal(
        'nothing-named',
        'no source package is named',
        'name some, or a package that they depend on: --reverse-dependencies-of',
      )
    : refusal(
        'no-dependents',
        `nothing in ${distribution} depends on ${of}`,
        'name a binary package as its dependents do',
      );

const nothingLeft = (leftOut: readonly LeftOut[]): Refusal =>
  refusal(
    'nothing-to-rebuild',
    leftOut
      .slice(0, 10)
      .map(({ source, because }) => `${source}: ${because}`)
      .join('; '),
    'name sources that have packages of an architecture there, and of which nothing is under way',
  );
