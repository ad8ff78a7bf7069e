import { type DistributionName, parseDistribution } from '../debian/distribution.ts';
import type { SourceName, Version } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { Package } from './package-state.ts';

/** Binary packages of the version that a distribution already has from another source, as the contents projection knows. */
export type Owned = {
  readonly ownedElsewhere: readonly {
    readonly distribution: DistributionName;
    readonly package: string;
    readonly source: string;
  }[];
};

export const ownedByOthers = ([first]: Owned['ownedElsewhere']): Refusal | undefined =>
  first === undefined
    ? undefined
    : refusal(
        'binary-of-other-source',
        `${first.distribution} has the binary package ${first.package} from the source ${first.source}`,
        `rename the binary package, or remove ${first.source} from ${first.distribution}`,
      );

/** The count of changes that whoever commands has seen. */
export type Seen = { readonly seen: number };

export const stale = (seen: number, { changes }: Package): Refusal | undefined =>
  seen === changes
    ? undefined
    : refusal(
        'stale',
        'the package changed since it was looked at',
        'look again, and repeat the command if it still fits',
      );

/** The rule of `claimed`, for whoever would rather wait than take it for an answer. */
export const packageClaimed = 'package-claimed';

/** A change over several packages is about to happen, and has seen this one as it is. */
export const claimed = (source: SourceName, { claim }: Package): Refusal | undefined =>
  claim === undefined
    ? undefined
    : refusal(packageClaimed, `${source} is part of change ${claim.change}, which is under way`, 'repeat the command');

/** What was built for one codename depends on the libraries of that one. */
export const otherCodename = (
  source: SourceName,
  version: Version,
  arrivedIn: DistributionName | undefined,
  into: DistributionName,
): Refusal | undefined => {
  if (arrivedIn === undefined) return undefined;
  const [built, wanted] = [parseDistribution(arrivedIn).codename, parseDistribution(into).codename];
  return built === wanted
    ? undefined
    : refusal(
        'other-codename',
        `${source} ${version} was built for ${built}, and ${into} is for ${wanted}`,
        `port it to ${wanted}: port ${source} ${arrivedIn} ${into}, or to a suite that migrates there`,
      );
};
