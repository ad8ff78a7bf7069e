import { lstatSync, type Stats, statSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { auditDistribution, type ExpectedDistribution, type TreeParts } from './audit-distribution.ts';

/** What history says that apt sees of a repository. */
export type ExpectedRepository = {
  readonly repository: string;
  readonly generation: number;
  readonly distributions: ReadonlyMap<string, ExpectedDistribution>;
  /** SHA-256 of every file that its pool has to hold, by path. */
  readonly pool: ReadonlyMap<string, string>;
};

type Parts = TreeParts & {
  /** The folder with all repositories, and the one of the file store. */
  readonly repositories: string;
  readonly store: string;
  /** Files of the store that are not what their name says. */
  readonly wrong: ReadonlyMap<string, string>;
};

/** Holds what is published of a repository, and its pool, against history. */
export const auditTree = async (expected: ExpectedRepository, parts: Parts): Promise<void> => {
  const { repositories, report } = parts;
  const published = await publishedGeneration(repositories, expected.repository);
  if (published !== expected.generation) {
    const fact = `generation ${published ?? 'none'} is published, and ${expected.generation} by history`;
    report({ about: 'published', where: `repositories/${expected.repository}/published`, fact });
    return;
  }
  const base = join(repositories, expected.repository);
  const dists = join(base, 'generations', String(expected.generation), 'dists');
  const shown = `repositories/${expected.repository}/published/dists`;
  const present = await readdir(dists).catch(() => [] as string[]);
  for (const name of present.sort())
    if (!expected.distributions.has(name))
      report({ about: 'published', where: `${shown}/${name}`, fact: 'there is no such distribution by history' });
  for (const [name, distribution] of expected.distributions)
    await auditDistribution(join(dists, name), `${shown}/${name}`, distribution, parts);
  await auditPool(expected, parts);
};

/** A name of a file of the store was looked at with it; a copy is looked at by itself. */
const auditPool = async ({ repository, pool }: ExpectedRepository, parts: Parts): Promise<void> => {
  const { repositories, store, wrong, hasher, report } = parts;
  for (const [path, sha256] of pool) {
    const where = `repositories/${repository}/${path}`;
    const at = join(repositories, repository, path);
    const stats = statSync(at, { throwIfNoEntry: false });
    const kept = lstatSync(join(store, sha256.slice(0, 2), sha256), { throwIfNoEntry: false });
    if (stats === undefined) report({ about: 'pool', where, fact: 'it is missing' });
    else if (isSame(stats, kept)) {
      const fact = wrong.get(sha256);
      if (fact !== undefined)
        report({ about: 'pool', where, fact: `it is a name of files/${sha256.slice(0, 2)}/${sha256}: ${fact}` });
    } else {
      const hashed = await hasher.hash(at);
      const found = typeof hashed === 'string' ? hashed : hashed.sha256;
      if (found !== sha256) report({ about: 'pool', where, fact: `its SHA-256 is ${found}, and ${sha256} by history` });
    }
  }
};

const isSame = (one: Stats, other: Stats | undefined): boolean => one.ino === other?.ino && one.dev === other.dev;

/** The generation that apt sees now; `undefined` where nothing is published. */
const publishedGeneration = async (repositories: string, repository: string): Promise<number | undefined> => {
  const link = await readlink(join(repositories, repository, 'published')).catch(() => undefined);
  return link === undefined ? undefined : Number(basename(link));
};
