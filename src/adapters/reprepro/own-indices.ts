import { binaryType } from '../../domain/archive/pool-path.ts';
import type { Architecture, Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { HeldBinary, HeldVersion, PublishedDistribution } from '../../ports/archive.ts';
import type { IndexOrder, Stanza, WrittenIndex } from './archive-orders.ts';
import { breath } from './breath.ts';
import { indexPaths } from './configuration.ts';
import type { FactsOf } from './file-facts.ts';
import { inParallel } from './in-parallel.ts';
import { packagesStanza, sourcesStanza } from './index-stanza.ts';
import { news } from './news.ts';
import { byName } from './stanza-runs.ts';

/** An index that was written: its path below `dists/NAME/`, and what a `Release` says of it. */
export type MadeIndex = { readonly path: string } & WrittenIndex;

/** The index as the generation before has it. */
export type KeptIndex = Pick<MadeIndex, 'path' | 'sha256'> & { readonly gz?: never };

/** Writes the index of a path, compressed, into the tree that is made. */
export type WriteIndex = (path: string, from: IndexOrder['from']) => Promise<WrittenIndex>;

/** What this process published last of a distribution, so that it can be patched. */
export type MadeBefore = {
  readonly holds: readonly HeldVersion[];
  /** Of the texts, by path. */
  readonly sums: ReadonlyMap<string, Sha256>;
  /** The compressed file of a path. */
  readonly gz: (path: string) => string;
};

/** The files whose facts the indices of these versions are made from. */
export const indexedFiles = (holds: readonly HeldVersion[]): readonly StoredFile[] =>
  holds.flatMap(({ dsc, sources, binaries }) => [dsc, ...sources, ...binaries.map(({ file }) => file)]);

/** `Packages` and `Sources` of a distribution by their path, equal to what reprepro would write had it read the packages itself. */
export const indexTexts = async (
  distribution: PublishedDistribution,
  factsOf: FactsOf,
): Promise<readonly (readonly [path: string, plain: Buffer])[]> =>
  [...(await allStanzas(distribution, factsOf))].map(([path, stanzas]) => {
    const texts = stanzas.toSorted(byName).map(({ text }) => text);
    return [path, Buffer.from(texts.join(''), 'latin1')];
  });

/** The same, written into a tree: for a distribution that reprepro does not hold. */
export const ownIndices = async (
  distribution: PublishedDistribution,
  factsOf: FactsOf,
  write: WriteIndex,
): Promise<readonly MadeIndex[]> =>
  inParallel(1, [...(await allStanzas(distribution, factsOf))], async ([path, stanzas]) => ({
    path,
    ...(await write(path, { kind: 'stanzas', stanzas })),
  }));

/** The same again, from what was made before, by what came and what left since. Its indices have to have the same paths. */
export const patchedIndices = async (
  distribution: PublishedDistribution,
  { holds, sums, gz }: MadeBefore,
  gather: (files: readonly StoredFile[]) => Promise<FactsOf>,
  write: WriteIndex,
): Promise<readonly (MadeIndex | KeptIndex)[]> => {
  const { coming, going } = news(holds, distribution.holds);
  const arriving = stanzasOf(distribution, coming, await gather(indexedFiles(coming)));
  return inParallel(2, [...sums], async ([path, sha256]) => {
    const patch = { leaving: namesIn(path, distribution, going), arriving: arriving.get(path) ?? [] };
    if (patch.leaving.size === 0 && patch.arriving.length === 0) return { path, sha256 };
    return { path, ...(await write(path, { kind: 'patch', sha256, gz: gz(path), patch })) };
  });
};

/** All `Packages` of an architecture together, those of the installer left out. */
export const packagesTexts = async (
  distribution: PublishedDistribution,
  factsOf: FactsOf,
): Promise<ReadonlyMap<Architecture, Buffer>> => {
  const texts = new Map(distribution.architectures.map((architecture): [Architecture, string[]] => [architecture, []]));
  for (const [at, held] of distribution.holds.entries()) {
    if (at % atATime === atATime - 1) await breath();
    for (const binary of held.binaries.filter((each) => binaryType(each) === 'deb')) {
      const text = packagesStanza(held, binary, factsOf);
      for (const each of binary.architecture === 'all' ? distribution.architectures : [binary.architecture])
        texts.get(each)?.push(text);
    }
  }
  return new Map([...texts].map(([architecture, all]) => [architecture, Buffer.from(all.join(''), 'latin1')]));
};

/** Versions whose stanzas are written before others get a turn. */
const atATime = 100;

const allStanzas = async (
  distribution: PublishedDistribution,
  factsOf: FactsOf,
): Promise<ReadonlyMap<string, readonly Stanza[]>> => {
  const all = new Map(indexPaths(distribution).map((path): [string, Stanza[]] => [path, []]));
  for (let from = 0; from < distribution.holds.length; from += atATime) {
    const some = stanzasOf(distribution, distribution.holds.slice(from, from + atATime), factsOf);
    for (const [path, stanzas] of some) all.get(path)?.push(...stanzas);
    await breath();
  }
  return all;
};

const stanzasOf = (
  distribution: PublishedDistribution,
  holds: readonly HeldVersion[],
  factsOf: FactsOf,
): ReadonlyMap<string, readonly Stanza[]> => {
  const stanzas = new Map<string, Stanza[]>();
  for (const held of holds) {
    add(stanzas, sourcesPath(held), { name: held.source, text: sourcesStanza(held, factsOf) });
    for (const binary of held.binaries) {
      const stanza = { name: binary.package, text: packagesStanza(held, binary, factsOf) };
      for (const path of packagesPaths(binary, distribution)) add(stanzas, path, stanza);
    }
  }
  return stanzas;
};

const add = (stanzas: Map<string, Stanza[]>, path: string, stanza: Stanza): void => {
  const there = stanzas.get(path);
  if (there === undefined) stanzas.set(path, [stanza]);
  else there.push(stanza);
};

/** Packages that stand in an index. */
const namesIn = (
  path: string,
  distribution: PublishedDistribution,
  holds: readonly HeldVersion[],
): ReadonlySet<string> =>
  new Set(
    holds.flatMap((held) => [
      ...(sourcesPath(held) === path ? [held.source] : []),
      ...held.binaries
        .filter((binary) => packagesPaths(binary, distribution).includes(path))
        .map((binary) => binary.package),
    ]),
  );

const sourcesPath = ({ component }: HeldVersion): string => `${component}/source/Sources`;

/** An arch-indep package stands in the index of every architecture. */
const packagesPaths = (binary: HeldBinary, { architectures }: PublishedDistribution): readonly string[] => {
  const installer = binaryType(binary) === 'udeb' ? 'debian-installer/' : '';
  return (binary.architecture === 'all' ? architectures : [binary.architecture]).map(
    (architecture) => `${binary.component}/${installer}binary-${architecture}/Packages`,
  );
};
