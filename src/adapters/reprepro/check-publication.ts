import { BinaryName } from '../../domain/debian/names.ts';
import type { HeldVersion, Publication, PublishedDistribution } from '../../ports/archive.ts';
import { rowsOf } from './contents.ts';
import { PublishRefused } from './publish-refused.ts';

/** Throws when a publication asks for what no archive can hold. */
export const checkPublication = ({ distributions }: Publication): void => {
  const names = new Set<string>();
  for (const distribution of distributions) {
    if (names.has(distribution.name)) throw refused('one-distribution', `${distribution.name} is named twice`);
    names.add(distribution.name);
    checkText(distribution);
    checkOwners(distribution);
  }
};

/**
 * What of a distribution its indices have a place for: components and architectures may have left its configuration
 * while it still holds packages of theirs.
 */
export const withinIndices = (distribution: PublishedDistribution): PublishedDistribution => {
  const components = new Set<string>(distribution.components);
  const architectures = new Set<string>([...distribution.architectures, 'all']);
  const fits = ({ binaries, component }: HeldVersion): boolean =>
    components.has(component) &&
    binaries.every((binary) => components.has(binary.component) && architectures.has(binary.architecture));
  if (distribution.holds.every(fits)) return distribution;
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

const checkText = ({ name, origin, label, description }: PublishedDistribution): void => {
  if (/[\0-\x1f\x7f]/.test([origin, label, description].join('')))
    throw refused('one-line', `${name} has an origin, label or description that is not one line of text`);
};

/** One version of a source, and one package of a name in an index. */
const checkOwners = (distribution: PublishedDistribution): void => {
  const owners = new Map<string, string>();
  for (const held of distribution.holds) {
    const owner = `${held.source} ${held.version}`;
    const unsafe = held.binaries.find((binary) => !BinaryName.is(binary.package));
    if (unsafe !== undefined) throw refused('package-name', `${owner} has a package ${JSON.stringify(unsafe.package)}`);
    for (const [place] of rowsOf(held, distribution)) {
      const other = owners.get(place);
      if (other !== undefined)
        throw refused('one-owner', `${distribution.name} holds ${place} of ${other} and of ${owner}`);
      owners.set(place, owner);
    }
  }
};

const refused = (rule: string, fact: string): PublishRefused =>
  new PublishRefused(rule, fact, 'nothing was published; this should have been refused when it was decided');
