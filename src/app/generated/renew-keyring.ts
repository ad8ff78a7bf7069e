import { type Either, isLeft, isRight, left } from 'fp-ts/lib/Either.js';
import { signingKeys } from '../../domain/archive-key/archive-keys.ts';
import { keyringPackage } from '../../domain/configuration/apt-sources.ts';
import type { Version } from '../../domain/debian/names.ts';
import { usualPortOptions } from '../../domain/port/changelog-entry.ts';
import type { PortOrigin, PortRequested } from '../../domain/port/events.ts';
import { type Refusal, refusal, sentence } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { duty } from '../../ports/tell.ts';
import type { OwedKeyring } from '../../projections/keyrings-owed.ts';
import type { World } from '../../projections/world.ts';
import { wishFor } from '../commands/request-ports.ts';
import { planGenerated } from '../porting/plan-port.ts';
import { type Carrier, carryOut } from '../repository/carry-out.ts';
import { planMigration } from '../repository/plan-migration.ts';
import { keyringTree } from './keyring-package.ts';
import { type SourceTree, treeFile } from './source-tree.ts';

type Parts = {
  readonly world: World;
  readonly now: () => number;
  /** A rehearsal has none. */
  readonly files: Pick<FileStore, 'put'> | undefined;
};

/** A tree as ports of it, kept for them. Versions are the time, so that each is higher than the one before. */
export const planTree = async (
  tree: SourceTree,
  origin: PortOrigin,
  to: readonly string[],
  migrates: boolean,
  { world, now, files }: Parts,
): Promise<Either<Refusal, readonly PortRequested[]>> => {
  const wish = wishFor(usualPortOptions, now());
  if (isLeft(wish)) return wish;
  const version = wish.right.requestedAt.replace(/\D/g, '').slice(0, 14) as Version;
  const { file, keep } = treeFile(tree, version);
  const plan = planGenerated(world, { origin, source: tree.source, version, file }, to, { ...wish.right, migrates });
  if (isRight(plan) && files !== undefined) await keep(files);
  return plan;
};

/** The keyring package with all keys that sign now, as ports of it. */
export const planKeyring = async (
  to: readonly string[],
  migrates: boolean,
  parts: Parts,
): Promise<Either<Refusal, readonly PortRequested[]>> => {
  const { configuration } = parts.world;
  const keys = signingKeys(configuration.archiveKeys);
  if (keys.length === 0) return left(refusal('no-key', 'there is no archive key yet', 'run: mini-buildd setup'));
  const origin = { kind: 'keyring', keys: keys.map(({ fingerprint }) => fingerprint) } as const;
  return planTree(keyringTree(configuration, keys), origin, to, migrates, parts);
};

/** Builds or migrates one. Rejects with what is in the way: it stays owed. */
export const renewKeyring =
  (carrier: Carrier, files: FileStore) =>
  async (owed: OwedKeyring): Promise<void> => {
    const done = await (owed.deed === 'build' ? build(owed, carrier, files) : migrate(owed, carrier));
    if (isLeft(done) && done.left.rule !== 'already-there') throw new Error(sentence(done.left));
  };

const build = async (
  { to }: OwedKeyring,
  { world, clock, tell }: Carrier,
  files: FileStore,
): Promise<Either<Refusal, unknown>> => {
  const plan = await planKeyring([to], false, { world, now: clock.now, files });
  if (isLeft(plan)) return plan;
  for (const requested of plan.right) {
    const told = await tell({ command: 'RequestPort', requested }, duty('renew-keyrings', requested.upload));
    if (isLeft(told)) return told;
  }
  return plan;
};

const migrate = (
  { from, version }: Extract<OwedKeyring, { deed: 'migrate' }>,
  carrier: Carrier,
): Promise<Either<Refusal, unknown>> => {
  const sources = [keyringPackage(carrier.world.configuration)];
  const migration = { sources, from, version, full: false, allowDowngrades: false };
  const actor = { kind: 'duty', name: 'renew-keyrings' } as const;
  return carryOut(() => planMigration(carrier.world, migration), actor, carrier);
};
