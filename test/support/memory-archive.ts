import { createHash } from 'node:crypto';
import { checkPublication, withinIndices } from '../../src/adapters/reprepro/check-publication.ts';
import { poolFiles } from '../../src/domain/archive/pool-path.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { Fingerprint, RepositoryId, Sha256 } from '../../src/domain/debian/names.ts';
import type { Archive, HeldBinary, Publication, PublishedDistribution, SnapshotName } from '../../src/ports/archive.ts';

/**
 * An archive in memory that refuses what a real one refuses. `published` is what apt would see; `root` names a
 * folder that is not there.
 */
export const memoryArchive = () => {
  const generations = new Map<RepositoryId, number>();
  const seen = new Map<RepositoryId, Publication>();
  const depends = new Map<string, string>();
  const pools = new Map<RepositoryId, Map<string, string>>();

  const fill = (pool: Map<string, string>, { distributions }: Publication): Map<string, string> => {
    const filled = new Map(pool);
    for (const { path, file } of distributions.flatMap(({ holds }) => holds.flatMap(poolFiles))) {
      const there = filled.get(path);
      if (there !== undefined && there !== file.sha256)
        throw new Error(`pool-conflict: ${path} holds ${there} and would have to become ${file.sha256}`);
      filled.set(path, file.sha256);
    }
    return filled;
  };

  const snapshots = new Map<
    string,
    { readonly distribution: PublishedDistribution; readonly date: string; readonly signers: readonly Fingerprint[] }
  >();
  const place = ({ repository, publication, edition, distribution }: SnapshotName): string =>
    `/nonexistent/snapshots/${repository}/${publication}-${edition}/${distribution}`;

  const archive: Archive = {
    publish: async (publication, progress) => {
      const { repository } = publication;
      const distributions = await Promise.all(publication.distributions.map((each) => withinIndices(each)));
      const within = { ...publication, distributions };
      await checkPublication(within);
      pools.set(repository, fill(pools.get(repository) ?? new Map(), within));
      seen.set(repository, within);
      const generation = (generations.get(repository) ?? 0) + 1;
      generations.set(repository, generation);
      progress(`generation ${generation} is what apt sees`);
      const releases = within.distributions.map((distribution) => ({
        distribution: distribution.name,
        release: sha256([distribution, publication.date, publication.validUntil]),
      }));
      return { generation, signedBy: publication.signers, releases };
    },
    remove: async (repository) => {
      for (const each of [generations, seen, pools]) each.delete(repository);
    },
    tidyPool: async (repository, keep) => {
      const paths = new Set([...keep()].flatMap(poolFiles).map(({ path }) => path));
      const pool = pools.get(repository) ?? new Map<string, string>();
      pools.set(repository, new Map([...pool].filter(([path]) => paths.has(path))));
    },
    packages: async (_, { architectures, holds }) => {
      const stanza = ({ package: name, version, architecture }: HeldBinary): string =>
        `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\n${depends.has(name) ? `Depends: ${depends.get(name)}\n` : ''}\n`;
      const binaries = holds.flatMap((held) => held.binaries);
      const stands = (on: string) => (binary: HeldBinary) => [on, 'all'].includes(binary.architecture);
      return new Map(
        architectures.map((on) => [on, Buffer.from(binaries.filter(stands(on)).map(stanza).join(''), 'latin1')]),
      );
    },
    root: (repository) => `/nonexistent/repositories/${repository}/published`,
    snapshots: {
      find: async (name) => (snapshots.has(place(name)) ? place(name) : undefined),
      make: async (name, distribution, date, signers) => {
        snapshots.set(place(name), { distribution: await withinIndices(distribution), date, signers });
        return place(name);
      },
      forget: async (repository) => {
        for (const key of snapshots.keys())
          if (key.startsWith(`/nonexistent/snapshots/${repository}/`)) snapshots.delete(key);
      },
    },
  };

  return {
    ...archive,
    /** What a binary package says that it depends on, from now on. */
    depends: (name: string, on: string): void => void depends.set(name, on),
    /** Paths of the files in a repository's pool. */
    pool: (repository: RepositoryId): readonly string[] => [...(pools.get(repository)?.keys() ?? [])].sort(),
    /** What apt would see of a snapshot, by its folder. */
    snapshot: (folder: string) => snapshots.get(folder),
    /** The last publication of a repository. */
    published: (repository: RepositoryId): Publication | undefined => seen.get(repository),
    /** What apt would see of a distribution; `undefined` when there is none. */
    holds: (repository: RepositoryId, name: DistributionName) =>
      seen.get(repository)?.distributions.find((distribution) => distribution.name === name)?.holds,
  };
};

const sha256 = (value: unknown): Sha256 => createHash('sha256').update(JSON.stringify(value)).digest('hex') as Sha256;
