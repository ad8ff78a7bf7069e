import type { Instant } from '../../../domain/codec.ts';
import type { AptLines } from './apt-sources.ts';
import type { Narrowed } from './listing.ts';
import type { BuildSource, VersionRule } from './target-rules.ts';

/** One suite of the codename that is shown. */
export type RepositorySuite = AptLines & {
  readonly suite: string;
  readonly uploadable: boolean;
  readonly experimental: boolean;
  readonly migratesTo: string | undefined;
  /** How many rollback distributions it has. */
  readonly rollbacks: number;
  readonly versions: VersionRule;
  /** Source packages in it. */
  readonly packages: number;
};

/** A distribution that apt saw once, and since when it is there no more. */
export type Former = { readonly distribution: string; readonly ended: Instant };

export type RepositoryModel = Narrowed & {
  readonly repository: string;
  readonly layout: string;
  /** Where people find more about it. */
  readonly externalHomeUrl: string | null;
  /** `undefined` before the first publication. */
  readonly publishedAt: Instant | undefined;
  readonly codenames: readonly string[];
  /** Its distributions that are there no more. */
  readonly former: readonly Former[];
  /** The one that is shown; `undefined` for a repository without any. */
  readonly codename: string | undefined;
  readonly suites: readonly RepositorySuite[];
  /** Of the codename that is shown. */
  readonly buildSources: readonly BuildSource[];
  /** Where apt's sources say that our keys lie. */
  readonly keyFile: string;
  readonly page: number;
  readonly pages: number;
  readonly found: number;
  /** Versions in the order of `suites`. */
  readonly packages: readonly {
    readonly source: string;
    readonly versions: readonly (string | undefined)[];
    /** When anything of it changed last in this repository. */
    readonly changedAt: Instant | undefined;
  }[];
};
