import type { DistributionName } from '../debian/distribution.ts';
import type { SourceName } from '../debian/names.ts';

/** What somebody wants to be told of; `null` is any. */
export type Subscription = { readonly package: SourceName | null; readonly distribution: DistributionName | null };

/** `PACKAGE:DISTRIBUTION`, where nothing stands for any. */
export const subscriptionText = ({ package: source, distribution }: Subscription): string =>
  `${source ?? ''}:${distribution ?? ''}`;

/** The same for people. */
export const subscriptionWords = ({ package: source, distribution }: Subscription): string =>
  `${source ?? 'every package'} in ${distribution ?? 'every distribution'}`;

/** Whether an event about this package and distribution is meant. */
export const isMeant = (
  wanted: Subscription,
  source: SourceName,
  distribution: DistributionName | undefined,
): boolean =>
  (wanted.package ?? source) === source && (wanted.distribution === null || wanted.distribution === distribution);
