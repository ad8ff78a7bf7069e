import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { DistributionName } from '../debian/distribution.ts';
import type { RepositoryId } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';

export type Naming = {
  /** What the administrator said of a name. */
  readonly said: ReadonlyMap<string, DistributionName>;
  readonly repository: RepositoryId | undefined;
  /** Codenames that the instance is set up for. */
  readonly codenames: ReadonlySet<string>;
};

/**
 * What a suite is called here. What the administrator said of it, or of the suite whose rollback it is; else a name of ours is itself, `CODENAME-SUITE` and `CODENAME/SUITE` get the
 * repository between, and a bare codename is its suite `stable`.
 */
export const distributionFor = (suite: string, naming: Naming): Either<Refusal, DistributionName> => {
  const [, base = suite, rollback = ''] = /^(.+?)(-rollback\d{1,3})?$/.exec(suite) ?? [];
  const name = naming.said.get(suite) ?? joined(naming.said.get(base) ?? byRule(base, naming), rollback);
  return DistributionName.is(name) ? right(name) : left(unmapped(suite));
};

const joined = (base: string | undefined, rollback: string): string | undefined =>
  base === undefined ? undefined : `${base}${rollback}`;

const byRule = (name: string, { repository, codenames }: Naming): string | undefined => {
  const words = name.split(/[-/]/);
  const [codename = '', ...rest] = words;
  const own = words.length === 3 ? words[1] : undefined;
  if (own !== undefined && DistributionName.is(name))
    return repository === undefined ? name : `${codename}-${repository}-${rest[1]}`;
  if (repository === undefined || !codenames.has(codename) || rest.length > 1) return undefined;
  return `${codename}-${repository}-${rest[0] ?? 'stable'}`;
};

const unmapped = (suite: string): Refusal =>
  refusal(
    'unknown-suite',
    `"${suite.slice(0, 80)}" is neither CODENAME-REPOSITORY-SUITE nor the name of a codename that is set up here`,
    `say what it becomes: --map ${suite.slice(0, 80)}=CODENAME-REPOSITORY-SUITE, or leave it out: --suites`,
  );
