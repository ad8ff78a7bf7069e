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

/** `Packages` and `Sources` of a distribution that reprepro does not hold, equal to what it would write for the same contents. */
export const ownIndices = async (
  distribution: PublishedDistribution,
  factsOf: FactsOf,
): Promise<readonly MadeIndex[]> => {
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
  return Promise.all(
    [...stanzas].map(async ([path, found]) => {
      const plain = Buffer.from(
        found
          .sort(byName)
          .map(({ text }) => text)
          .join(''),
        'latin1',
      );
      return { path, plain, gz: await compress(plain) };
    }),
  );
};

type Stanza = { readonly name: string; readonly text: string };

const byName = (one: Stanza, other: Stanza): number => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

const compress = promisify(gzip);
