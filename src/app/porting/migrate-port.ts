import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { packageClaimed } from '../../domain/archive/obstacles.ts';
import { placeOf } from '../../domain/archive/steps.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { PortRequested } from '../../domain/port/events.ts';
import { type Refusal, sentence } from '../../domain/refusal.ts';
import { type Carrier, carryOut } from '../repository/carry-out.ts';
import { planMigration } from '../repository/plan-migration.ts';

/** Nothing is left to do. */
const done: ReadonlySet<string> = new Set(['already-there', 'not-migrating']);
/** Somebody else is at it, or was quicker: it is planned anew. */
const passing: ReadonlySet<string> = new Set(['under-way', 'stale', packageClaimed]);

/** Migrates what a port brought to the last suite of its chain, all steps as one change. Says where it came to. */
export const migratePort = async (
  { source, to, as }: PortRequested,
  carrier: Carrier,
): Promise<Either<Refusal, readonly DistributionName[]>> => {
  const migration = { sources: [source], from: to, version: as, full: true, allowDowngrades: false };
  const migrated = await carryOut(
    () => planMigration(carrier.world, migration),
    { kind: 'duty', name: 'migrate-ports' },
    carrier,
  );
  if (!isLeft(migrated)) return right(migrated.right.members.flatMap(({ steps }) => steps.map(placeOf)));
  if (done.has(migrated.left.rule)) return right([]);
  if (passing.has(migrated.left.rule)) throw new Error(sentence(migrated.left));
  return left(migrated.left);
};
