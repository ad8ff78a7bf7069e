import { namesIn } from '../../domain/binnmu/build-depends.ts';
import { instant } from '../../domain/codec.ts';
import type { Target } from '../../domain/configuration/configuration.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import type { Archive } from '../../ports/archive.ts';
import { publicationInSlices } from '../../projections/publication-of.ts';
import { inSlices } from '../../projections/slices.ts';
import type { World } from '../../projections/world.ts';

export type DependencyParts = { readonly world: World; readonly archive: Pick<Archive, 'packages'> };

/** Sources of the distribution one of whose packages depends on a binary package, but for the one that it is of; each with the words for it. */
export const dependents = async (
  on: string,
  { name, repository: { repository } }: Target,
  { world, archive }: DependencyParts,
): Promise<ReadonlyMap<SourceName, string>> => {
  const found = new Map<SourceName, string>();
  const published = await inSlices(publicationInSlices(world, repository, instant(0)));
  const distribution = published?.distributions.find((each) => each.name === name);
  const owners = world.contents.shelves.get(name)?.owners;
  if (distribution === undefined || owners === undefined) return found;
  const own = owners.get(on)?.at(-1);
  for (const indices of (await archive.packages(repository, distribution)).values()) {
    for (const stanza of indices.toString('latin1').split('\n\n')) {
      const dependent = fieldIn(stanza, 'Package');
      const source = dependent === undefined ? undefined : owners.get(dependent)?.at(-1);
      if (source === undefined || source === own || found.has(source)) continue;
      const names = ['Pre-Depends', 'Depends'].flatMap((field) => namesIn(fieldIn(stanza, field) ?? ''));
      if (names.includes(on)) found.set(source, `${dependent} depends on ${on}`);
    }
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** These fields stand on one line in an index. */
const fieldIn = (stanza: string, field: string): string | undefined =>
  new RegExp(`^${field}: *(.*)$`, 'm').exec(stanza)?.[1];
