import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { FactsOf } from './file-facts.ts';
import { binaryClassification, type Classification, dscClassification } from './index-stanza.ts';
import { binaryFile, type PoolFile, poolFiles, sourceFiles } from './pool-path.ts';

/** A version that a distribution shall hold and does not. */
export type Arrival = { readonly distribution: DistributionName; readonly held: HeldVersion };

/**
 * One folder for `reprepro processincoming`: every file by name, and a `.changes` of ours for every arrival.
 * Of files that share a name only one can lie in a folder.
 */
export type Batch = { readonly files: ReadonlyMap<string, PoolFile>; readonly arrivals: readonly Arrival[] };

/** As few batches as names allow; nearly always one. */
export const batches = (arrivals: readonly Arrival[]): readonly Batch[] => {
  const made: { files: Map<string, PoolFile>; arrivals: Arrival[] }[] = [];
  for (const arrival of arrivals) {
    const files = poolFiles(arrival.held);
    const fits = made.find((batch) => files.every(({ name, path }) => (batch.files.get(name)?.path ?? path) === path));
    const batch = fits ?? { files: new Map<string, PoolFile>(), arrivals: [] };
    if (fits === undefined) made.push(batch);
    for (const file of files) batch.files.set(file.name, file);
    batch.arrivals.push(arrival);
  }
  return made;
};

/** The `.changes` that tells reprepro to take an arrival: nobody else ever reads it. */
export const arrivalChanges = ({ distribution, held }: Arrival, factsOf: FactsOf): string => {
  const architectures = new Set(['source', ...held.binaries.map(({ architecture }) => architecture)]);
  const line = ({ file, name }: PoolFile, { section, priority }: Classification): string =>
    ` ${factsOf(file).md5} ${file.size} ${section} ${priority} ${name}\n`;
  return [
    'Format: 1.8\n',
    'Date: Thu, 01 Jan 1970 00:00:00 +0000\n',
    `Source: ${held.source}\n`,
    `Binary: ${held.source}\n`,
    `Architecture: ${[...architectures].join(' ')}\n`,
    `Version: ${held.version}\n`,
    `Distribution: ${distribution}\n`,
    'Urgency: medium\n',
    'Maintainer: mini-buildd <root@localhost>\n',
    'Description:\n none\n',
    'Changes:\n none\n',
    'Files:\n',
    ...sourceFiles(held).map((file) => line(file, dscClassification(held, factsOf))),
    ...held.binaries.map((binary) => line(binaryFile(held, binary), binaryClassification(held, binary, factsOf))),
  ].join('');
};
