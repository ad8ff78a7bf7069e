import type { Instant } from '../../../domain/codec.ts';
import type { AptLines } from './apt-sources.ts';
import type { Listed, Narrowed } from './listing.ts';
import type { BuildSource, VersionRule } from './target-rules.ts';

/** A publication of a repository, and how addresses name it. */
export type Publication = { readonly nth: number; readonly at: Instant; readonly time: string };

/** Where in the row of its publications a page stands. `time` is `undefined` for now. */
export type When = {
  readonly at: Instant | undefined;
  readonly time: string | undefined;
  readonly nth: number;
  readonly of: number;
  readonly first: Publication | undefined;
  readonly earlier: Publication | undefined;
  readonly later: Publication | undefined;
};

/** One source package as the distribution holds or held it. */
export type HeldPackage = {
  readonly source: string;
  readonly version: string;
  /** When it came here; only asked of what is there now. */
  readonly since: Instant | undefined;
  readonly component: string;
  /** How many binary packages, and for what. */
  readonly binaries: number;
  readonly architectures: readonly string[];
  /** What stands there now, asked of the past. */
  readonly now: string | undefined;
  /** Its files are not kept any more. */
  readonly isLost: boolean;
  /** What stands where packages migrate to, and why it would not migrate there; of what is there now. */
  readonly next: string | undefined;
  readonly stays: string | undefined;
  /** When it migrates by itself, or why it does not. */
  readonly byItself: string | undefined;
};

export type DistributionModel = Listed<HeldPackage> &
  Narrowed & {
    readonly repository: string;
    readonly distribution: string;
    readonly suite: string;
    readonly codename: string;
    readonly rollback: number | undefined;
    /** Since when there is no such distribution; its page then shows a past one. */
    readonly ended: Instant | undefined;
    readonly versions: VersionRule;
    readonly buildSources: readonly BuildSource[];
    readonly uploadable: boolean;
    readonly experimental: boolean;
    readonly migratesTo: string | null;
    /** What lies there so long migrates by itself; 0: nothing does. */
    readonly migratesAfterDays: number;
    readonly components: readonly string[];
    readonly architectures: readonly string[];
    /** The suites of the same codename. */
    readonly siblings: readonly string[];
    readonly when: When;
    /** How apt is told of it, and of its rollbacks. */
    readonly sources: readonly AptLines[];
    /** How apt is told of it as it was. */
    readonly past: AptLines | undefined;
    /** For `~/.dput.cf`, where it takes uploads. */
    readonly dput: string | undefined;
    readonly key: {
      readonly fingerprint: string | undefined;
      readonly file: string;
      readonly package: string;
      /** `undefined` where it is not held. */
      readonly packageVersion: string | undefined;
    };
    readonly held: number;
  };

export const kinds = ['differs', 'packages', 'only-one', 'only-other'] as const;

export type Kind = (typeof kinds)[number];

type Side = When & { readonly distribution: string };

export type ComparisonModel = Listed<{
  readonly source: string;
  readonly kind: Kind;
  readonly one: string | undefined;
  readonly other: string | undefined;
  /** Where the higher version stands. */
  readonly newer: 'one' | 'other' | undefined;
  /** Of one version with other packages, its architectures with the binNMU of each. */
  readonly oneOn?: readonly string[];
  readonly otherOn?: readonly string[];
  /** It would migrate to the other side now. */
  readonly migrates: boolean;
}> & {
  readonly repository: string;
  readonly distributions: readonly string[];
  readonly one: Side;
  readonly other: Side;
  readonly kind: Kind | undefined;
  readonly name: string;
  /** Which way packages migrate between them, where they do. */
  readonly migration: { readonly from: string; readonly to: string } | undefined;
  readonly counts: Readonly<Record<Kind, number>>;
  readonly same: number;
};
