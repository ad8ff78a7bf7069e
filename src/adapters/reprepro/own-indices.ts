import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { StoredFile } from '../../domain/debian/names.ts';
import type { HeldVersion, PublishedDistribution } from '../../ports/archive.ts';
import { indexPaths } from './configuration.ts';
import type { FactsOf } from './file-facts.ts';
import { packagesStanza, sourcesStanza } from './index-stanza.ts';
import { binaryType } from './pool-path.ts';

/** An index whole, at its path below `dists/NAME/`, and as apt fetches it. */
export type MadeIndex = { readonly path: string; readonly plain: Buffer; readonly gz: Buffer };

/** The files whose facts the indices of these versions are made from. */
export const indexedFiles = (holds: readonly HeldVersion[]): readonly StoredFile[] =>
  holds.flatMap(({ dsc, sources, binaries }) => [dsc, ...sources, ...binaries.map(({ file }) => file)]);

/** `Packages` and `Sources` of a distribution by their path, equal to what reprepro would write had it read the packages itself. */
export const indexTexts = (
  distribution: PublishedDistribution,
  factsOf: FactsOf,
): readonly (readonly [path: string, plain: Buffer])[] => {
  const stanzas = new Map(indexPaths(distribution).map((path): [string, Stanza[]] => [path, []]));
  for (const held of distribution.holds) {
    stanzas.get(`${held.component}/source/Sources`)?.push({ name: held.source, text: sourcesStanza(held, factsOf) });
    for (const binary of held.binaries) {
      const stanza = { name: binary.package, text: packagesStanza(held, binary, factsOf) };
      const installer = binaryType(binary) === 'udeb' ? 'debian-installer/' : '';
      for (const architecture of binary.architecture === 'all' ? distribution.architectures : [binary.architecture])
        stanzas.get(`${binary.component}/${installer}binary-${architecture}/Packages`)?.push(stanza);
    }
  }
  return [...stanzas].map(([path, found]) => {
    const texts = found.sort(byName).map(({ text }) => text);
    return [path, Buffer.from(texts.join(''), 'latin1')];
  });
};

/** The same, compressed too: for a distribution that reprepro does not hold. */
export const ownIndices = (distribution: PublishedDistribution, factsOf: FactsOf): Promise<readonly MadeIndex[]> =>
  Promise.all(
    indexTexts(distribution, factsOf).map(async ([path, plain]) => ({ path, plain, gz: await compress(plain) })),
  );

type Stanza = { readonly name: string; readonly text: string };

const byName = (one: Stanza, other: Stanza): number => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

const compress = promisify(gzip);
