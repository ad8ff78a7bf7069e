import type { Instant } from '../../../domain/codec.ts';

/** One suite of the codename that is shown. */
export type RepositorySuite = {
  readonly distribution: string;
  readonly suite: string;
  readonly uploadable: boolean;
  readonly experimental: boolean;
  readonly migratesTo: string | undefined;
  /** How many rollback distributions it has. */
  readonly rollbacks: number;
  /** Source packages in it. */
  readonly packages: number;
  /** How apt is told of it, in either form (sources.list(5)). */
  readonly oneLine: string;
  readonly deb822: string;
};

export const sorts = ['name', 'name-back', 'changes'] as const;

export type Sort = (typeof sorts)[number];

export type RepositoryModel = {
  readonly repository: string;
  readonly layout: string;
  /** `undefined` before the first publication. */
  readonly publishedAt: Instant | undefined;
  readonly codenames: readonly string[];
  /** The one that is shown; `undefined` for a repository without any. */
  readonly codename: string | undefined;
  readonly suites: readonly RepositorySuite[];
  /** By which part of their names packages were sought. */
  readonly name: string;
  readonly sort: Sort;
  readonly page: number;
  readonly pages: number;
  readonly found: number;
  /** Versions in the order of `suites`. */
  readonly packages: readonly { readonly source: string; readonly versions: readonly (string | undefined)[] }[];
};
