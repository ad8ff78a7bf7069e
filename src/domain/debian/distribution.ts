import type * as t from 'io-ts';
import { text } from '../codec.ts';
import type { Codename, RepositoryId, SuiteName } from './names.ts';

/** What an upload targets and apt names: `CODENAME-REPOSITORY-SUITE[-rollbackN]`. */
export const DistributionName = text(
  'DistributionName',
  /^[a-z][a-z0-9]{1,31}-[a-z0-9]{1,32}-[a-z][a-z0-9]{1,31}(?:-rollback\d{1,3})?$/,
  'CODENAME-REPOSITORY-SUITE, with -rollbackN for a rollback distribution',
);
export type DistributionName = t.TypeOf<typeof DistributionName>;

export type Distribution = {
  readonly codename: Codename;
  readonly repository: RepositoryId;
  readonly suite: SuiteName;
  /** Number of a rollback distribution; `undefined` for the suite itself. */
  readonly rollback: number | undefined;
};

export const parseDistribution = (name: DistributionName): Distribution => {
  const [codename, repository, suite, rollback] = name.split('-') as [Codename, RepositoryId, SuiteName, string?];
  return { codename, repository, suite, rollback: rollback === undefined ? undefined : Number(rollback.slice(8)) };
};

export const distributionName = ({
  codename,
  repository,
  suite,
  rollback,
}: Omit<Distribution, 'rollback'> & { readonly rollback?: number | undefined }): DistributionName =>
  `${codename}-${repository}-${suite}${rollback === undefined ? '' : `-rollback${rollback}`}` as DistributionName;
