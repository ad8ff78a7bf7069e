import type { RepositoryId } from '../domain/debian/names.ts';

/** How many source packages stand in a repository, in a suite or one of its rollbacks. Counted as they come and go: to ask costs nothing. */
export type Tally = { sources: number };

export const tallyOf = (tallies: Map<RepositoryId, Tally>, repository: RepositoryId): Tally => {
  const tally = tallies.get(repository) ?? { sources: 0 };
  tallies.set(repository, tally);
  return tally;
};

/** That a package stands in so many more of its repository's distributions. */
export const countPlaces = (tally: Tally, story: { places: number }, more: number): void => {
  const stood = story.places > 0;
  story.places += more;
  tally.sources += Number(story.places > 0) - Number(stood);
};
