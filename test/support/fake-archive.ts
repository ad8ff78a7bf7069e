import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import type { RepositoryId, Sha256 } from '../../src/domain/debian/names.ts';
import type { Archive, HeldVersion, Publication } from '../../src/ports/archive.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { archiveFingerprint, sha256 } from './fixed-examples.ts';

export type FakeArchive = Archive & {
  /** What apt sees. */
  readonly seen: (repository: RepositoryId) => Publication | undefined;
  /** How often apt has seen something new. */
  readonly publications: () => number;
  /** From now on a publication takes so long, in milliseconds. */
  readonly takes: (milliseconds: number) => void;
  /** The next `times` attempts to publish fail so. */
  readonly fail: (times: number, fact: string) => void;
};

/**
 * An archive without reprepro that holds the daemon to its promises: one call at a time for a repository, dates that
 * never go back, and no name in the pool that ever gets other bytes.
 */
export const fakeArchive = (clock: Clock): FakeArchive => {
  const seen = new Map<RepositoryId, Publication>();
  const pool = new Map<string, Sha256>();
  const busy = new Set<RepositoryId>();
  const failures: string[] = [];
  let generation = 0;
  let duration = 0;

  const publishAlone = async (publication: Publication) => {
    const before = seen.get(publication.repository);
    assert.ok(before === undefined || before.date <= publication.date, 'the date of a publication went back');
    if (duration > 0) await firstValueFrom(clock.after(duration));
    await new Promise(setImmediate);
    const failure = failures.shift();
    if (failure !== undefined) throw new Error(failure);
    for (const { holds } of publication.distributions) for (const held of holds) remember(pool, held);
    generation += 1;
    seen.set(publication.repository, publication);
    return {
      generation,
      signedBy: archiveFingerprint,
      releases: publication.distributions.map(({ name }) => ({
        distribution: name,
        release: sha256(`${name} ${generation}`),
      })),
    };
  };

  return {
    seen: (repository) => seen.get(repository),
    publications: () => generation,
    takes: (milliseconds) => {
      duration = milliseconds;
    },
    fail: (times, fact) => failures.push(...Array.from({ length: times }, () => fact)),
    root: (repository) => `/nowhere/${repository}`,
    publish: async (publication) => {
      assert.ok(!busy.has(publication.repository), `${publication.repository} was published twice at once`);
      busy.add(publication.repository);
      try {
        return await publishAlone(publication);
      } finally {
        busy.delete(publication.repository);
      }
    },
  };
};

const remember = (pool: Map<string, Sha256>, { source, component, dsc, sources, binaries }: HeldVersion): void => {
  for (const { name, sha256: bytes } of [dsc, ...sources, ...binaries.map(({ file }) => file)]) {
    const path = `${component}/${source}/${name}`;
    assert.ok((pool.get(path) ?? bytes) === bytes, `${path} in the pool got other bytes`);
    pool.set(path, bytes);
  }
};
