import { join } from 'node:path';
import type { RepositoryId } from '../../domain/debian/names.ts';

/**
 * The folder of one repository. Truth lies elsewhere (the log and the file store): all of it may be deleted and comes
 * back with the next publication.
 *
 *     conf/ db/ dists/       reprepro's; its own indices are staging and never served
 *     holder                 the host on which reprepro runs, or ran last
 *     pool/                  hard links into the file store
 *     derived/               facts of files, each found out once; texts of indices, in files without a name
 *     generations/N/         what apt reads: dists/, pool -> ../../pool, and our manifest
 *     published              -> generations/N
 */
export const archiveFolder = (home: string, repository: RepositoryId) => {
  const base = join(home, repository);
  const generations = join(base, 'generations');
  return {
    base,
    configuration: join(base, 'conf'),
    database: join(base, 'db'),
    lock: join(base, 'db', 'lockfile'),
    holder: join(base, 'holder'),
    staging: join(base, 'dists'),
    pool: join(base, 'pool'),
    facts: join(base, 'derived', 'facts'),
    texts: join(base, 'derived'),
    generations,
    generation: (number: number): string => join(generations, String(number)),
    published: join(base, 'published'),
  };
};

export type ArchiveFolder = ReturnType<typeof archiveFolder>;
