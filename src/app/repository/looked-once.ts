import type { SourceConfigured } from '../../domain/configuration/events.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { Architecture, RepositoryId } from '../../domain/debian/names.ts';
import { isSame } from '../../domain/same.ts';
import type { PublishedDistribution } from '../../ports/archive.ts';
import type { Broken } from '../../ports/installability.ts';

/** One distribution before a change and after it, and what is there beside it for builds: all that its effect depends on. */
export type Trial = {
  readonly repository: RepositoryId;
  readonly before: PublishedDistribution;
  readonly after: PublishedDistribution;
  readonly beside: readonly SourceConfigured[];
};

/** What a change would make of one architecture of a distribution. */
export type Effect = { readonly distribution: DistributionName; readonly architecture: Architecture } & (
  | { readonly broken: readonly Broken[] }
  | { readonly unknown: string }
);

/** Gives what was found for the same trials before, else looks. */
export type Looks = (trials: readonly Trial[], look: () => Promise<readonly Effect[]>) => Promise<readonly Effect[]>;

/**
 * To look at what can be installed takes longer than a busy instance is quiet. What was found holds as long as it is about the same:
 * so who looks again, over another state of things that differs elsewhere only, is answered at once.
 */
export const lookedOnce = (): Looks => {
  let last: { readonly trials: readonly Trial[]; readonly effects: readonly Effect[] } | undefined;
  return async (trials, look) => {
    if (last !== undefined && isSame(last.trials, trials)) return last.effects;
    const effects = await look();
    last = { trials, effects };
    return effects;
  };
};
