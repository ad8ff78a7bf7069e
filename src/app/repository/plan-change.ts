import { left } from 'fp-ts/lib/Either.js';
import { type DistributionName, parseDistribution } from '../../domain/debian/distribution.ts';
import type { SourceName, Version } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { World } from '../../projections/world.ts';
import type { Planned } from './plan.ts';
import { planMigration } from './plan-migration.ts';
import { planRemoval } from './plan-removal.ts';
import { planRestoration } from './plan-restoration.ts';

/** What a person wants done to packages that are there, or were. */
export type WantedChange = {
  readonly deed: 'migrate' | 'remove' | 'restore';
  readonly sources: readonly SourceName[];
  readonly distribution: DistributionName;
  readonly version: Version | undefined;
  readonly full: boolean;
  readonly allowDowngrades: boolean;
  /** Restores also what never came to that suite by itself. */
  readonly force: boolean;
};

/** A rollback migrates back into its own suite, which restores it. */
export const planChange = (world: World, wanted: WantedChange): Planned => {
  const { deed, sources, distribution, version, full, allowDowngrades, force } = wanted;
  const isRollback = parseDistribution(distribution).rollback !== undefined;
  switch (deed) {
    case 'migrate':
      if (!isRollback) return planMigration(world, { sources, from: distribution, version, full, allowDowngrades });
      return full
        ? left(
            refusal('rollback-goes-back', `${distribution} goes back into its own suite`, 'restore it, then migrate'),
          )
        : planRestoration(world, sources, distribution, version, force);
    case 'remove':
      return planRemoval(world, sources, distribution, version);
    case 'restore':
      return planRestoration(world, sources, distribution, version, force);
  }
};
