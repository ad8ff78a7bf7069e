import { namesIn } from '../../domain/binnmu/build-depends.ts';
import { instant } from '../../domain/codec.ts';
import type { Target } from '../../domain/configuration/configuration.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import type { Archive } from '../../ports/archive.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import { publicationInSlices } from '../../projections/publication-of.ts';
import { eachInSlices, inSlices } from '../../projections/slices.ts';
import type { World } from '../../projections/world.ts';

export type DependencyParts = {
  readonly world: World;
  readonly archive: Pick<Archive, 'packages'>;
  readonly inTurn: InTurn;
};

/** Sources of the distribution one of whose packages depends on a binary package, but for the one that it is of; each with the words for it. */
export const dependents = async (
  on: string,
  { name, repository: { repository } }: Target,
  { world, archive, inTurn }: DependencyParts,
): Promise<ReadonlyMap<SourceName, string>> => {
  const found = new Map<SourceName, string>();
  // Contents stay as they are while they are gone through; what they were is read afterwards.
  const published = await inTurn(() => inSlices(publicationInSlices(world, repository, instant(0))));
  const distribution = published?.distributions.find((each) => each.name === name);
  const owners = world.contents.shelves.get(name)?.owners;
  if (distribution === undefined || owners === undefined) return found;
  const own = owners.get(on)?.at(-1);
  for (const indices of (await archive.packages(repository, distribution)).values()) {
    const look = (stanza: string): void => {
      const dependent = stanza.includes(on) ? patterns.package.exec(stanza)?.[1] : undefined;
      const source = dependent === undefined ? undefined : owners.get(dependent)?.at(-1);
      if (source === undefined || source === own || found.has(source)) return;
      if (dependenciesIn(stanza).includes(on)) found.set(source, `${dependent} depends on ${on}`);
    };
    await inSlices(eachInSlices(stanzasOf(indices), look));
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** One after the other: as text, all of them would be hundreds of megabytes. */
function* stanzasOf(indices: Buffer): Generator<string> {
  for (let from = 0; from < indices.length; ) {
    const next = indices.indexOf('\n\n', from);
    const end = next === -1 ? indices.length : next;
    yield indices.toString('latin1', from, end);
    from = end + 2;
  }
}

/** These fields stand on one line in an index. */
const patterns = { package: /^Package: *(.*)$/m, depends: /^(?:Pre-)?Depends: *(.*)$/gm };

const dependenciesIn = (stanza: string): readonly string[] =>
  [...stanza.matchAll(patterns.depends)].flatMap(([, relations = '']) => namesIn(relations));
