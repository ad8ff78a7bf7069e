import { binaryType } from '../../domain/archive/pool-path.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import { BinaryName } from '../../domain/debian/names.ts';
import type { HeldVersion, Publication, PublishedDistribution } from '../../ports/archive.ts';
import { gently } from './breath.ts';
import { news } from './news.ts';
import { PublishRefused } from './publish-refused.ts';

/** Rejects when a publication asks for what no archive can hold. */
export const checkPublication = async ({ distributions }: Pick<Publication, 'distributions'>): Promise<void> => {
  checkNames(distributions);
  for (const distribution of distributions) await checkDistribution(distribution, undefined);
};

export const checkNames = (distributions: readonly PublishedDistribution[]): void => {
  const names = new Set<string>();
  for (const { name } of distributions) {
    if (names.has(name)) throw refused('one-distribution', `${name} is named twice`);
    names.add(name);
  }
};

/** `earlier`: what was found to be right before. */
export const checkDistribution = async (
  distribution: PublishedDistribution,
  earlier: PublishedDistribution | undefined,
): Promise<void> => {
  checkText(distribution);
  await checkOwners(distribution.name, await concerned(distribution.holds, earlier?.holds ?? []));
};

/**
 * What of a distribution its indices have a place for: components and architectures may have left its configuration
 * while it still holds packages of theirs. `before`: the same as it was within them.
 */
export const withinIndices = async (
  distribution: PublishedDistribution,
  before?: PublishedDistribution,
): Promise<PublishedDistribution> => {
  const components = new Set<string>(distribution.components);
  const architectures = new Set<string>([...distribution.architectures, 'all']);
  const fits = ({ binaries, component }: HeldVersion): boolean =>
    components.has(component) &&
    binaries.every((binary) => components.has(binary.component) && architectures.has(binary.architecture));
  const fitted = before !== undefined && haveSameIndices(before, distribution) ? before.holds : [];
  let allFit = true;
  await gently(news(fitted, distribution.holds).coming, (held) => {
    allFit &&= fits(held);
  });
  if (allFit) return distribution;
  const holds = distribution.holds
    .filter(({ component }) => components.has(component))
    .map((held) => ({
      ...held,
      binaries: held.binaries.filter(
        ({ component, architecture }) => components.has(component) && architectures.has(architecture),
      ),
    }));
  return { ...distribution, holds };
};

const haveSameIndices = (one: PublishedDistribution, other: PublishedDistribution): boolean =>
  one.components.join() === other.components.join() && one.architectures.join() === other.architectures.join();

const checkText = ({ name, origin, label, description }: PublishedDistribution): void => {
  if (/[\0-\x1f\x7f]/.test([origin, label, description].join('')))
    throw refused('one-line', `${name} has an origin, label or description that is not one line of text`);
};

/** Whoever could be in the way of what is new, and that. */
const concerned = async (
  holds: readonly HeldVersion[],
  earlier: readonly HeldVersion[],
): Promise<readonly HeldVersion[]> => {
  const { coming } = news(earlier, holds);
  if (coming.length === holds.length) return holds;
  const names = new Set<string>();
  await gently(coming, ({ source, binaries }) => {
    names.add(source);
    for (const binary of binaries) names.add(binary.package);
  });
  if (names.size === 0) return [];
  const found: HeldVersion[] = [];
  await gently(holds, (held) => {
    if (names.has(held.source) || held.binaries.some((binary) => names.has(binary.package))) found.push(held);
  });
  return found;
};

/** One version of a source, and one package of a name, in an index. */
const checkOwners = (name: DistributionName, holds: readonly HeldVersion[]): Promise<void> => {
  const sources = new Map<string, Held[]>();
  const packages = new Map<string, Held[]>();
  return gently(holds, (held) => {
    const unsafe = held.binaries.find((binary) => !BinaryName.is(binary.package));
    if (unsafe !== undefined)
      throw refused('package-name', `${named(held)} has a package ${JSON.stringify(unsafe.package)}`);
    const { source, component } = held;
    settle(sources, name, { held, what: { package: source, component, type: 'dsc', architecture: 'source' } });
    for (const binary of held.binaries) settle(packages, name, { held, what: { ...binary, type: binaryType(binary) } });
  });
};

type Held = {
  readonly held: HeldVersion;
  readonly what: Readonly<Record<'package' | 'component' | 'type' | 'architecture', string>>;
};

const settle = (places: Map<string, Held[]>, name: string, newcomer: Held): void => {
  const { what } = newcomer;
  const there = places.get(what.package);
  const other = there?.find((each) => meet(each.what, what));
  if (other !== undefined)
    throw refused(
      'one-owner',
      `${name} holds ${what.type} ${what.package} of ${named(other.held)} and of ${named(newcomer.held)}`,
    );
  if (there === undefined) places.set(what.package, [newcomer]);
  else there.push(newcomer);
};

/** An arch-indep package stands in the index of every architecture. */
const meet = (one: Held['what'], other: Held['what']): boolean =>
  one.type === other.type &&
  one.component === other.component &&
  (one.architecture === other.architecture || [one.architecture, other.architecture].includes('all'));

const named = ({ source, version }: HeldVersion): string => `${source} ${version}`;

const refused = (rule: string, fact: string): PublishRefused =>
  new PublishRefused(rule, fact, 'nothing was published; this should have been refused when it was decided');
