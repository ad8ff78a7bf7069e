import { randomUUID } from 'node:crypto';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import { packageClaimed } from '../../domain/archive/obstacles.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { isSame } from '../../domain/same.ts';
import { duty } from '../../ports/tell.ts';
import { type Aged, agedDays, ownAccord } from '../../projections/own-accord.ts';
import type { World } from '../../projections/world.ts';
import type { Carrier } from './carry-out.ts';
import { examine, isSamePlan } from './examine.ts';
import type { Plan, Planned } from './plan.ts';
import { planMigration } from './plan-migration.ts';
import type { Examiner } from './uninstallable.ts';

type Parts = Pick<Carrier, 'world' | 'tell' | 'inTurn' | 'clock'> & Examiner;

/** Somebody was quicker, or is at it: what is due by then is found anew. */
const passing: ReadonlySet<string> = new Set(['changed', 'stale', packageClaimed, 'already-there', 'not-there']);

export const isPassing = ({ rule }: Refusal): boolean => passing.has(rule);

/**
 * Migrates one version by one step, as whoever is staff could: what its repository refuses for what could not be installed any more is refused
 * here, too. To look takes time, so nobody waits for it; where things changed meanwhile, nothing is done this time.
 */
export const migrateAged =
  ({ world, tell, inTurn, clock, archive, installability }: Parts) =>
  async (aged: Aged): Promise<Either<Refusal, unknown>> => {
    const first = planAged(world, aged);
    if (isLeft(first)) return first;
    const mode = world.configuration.repositories.get(first.right.repository)?.installability ?? 'off';
    const examined = await examine(first.right, mode, { world, archive, installability });
    if (isLeft(examined)) return examined;
    return inTurn(async () => {
      const now = planAged(world, aged);
      if (isLeft(now)) return now;
      const command = commandOf(now.right, aged, clock.now());
      if (command === undefined || !isSamePlan(first.right, now.right)) return left(changed(aged));
      return tell(command, duty('migrate-aged', randomUUID(), aged.seen.publication));
    });
  };

/** As it was found due, or not at all. */
const planAged = (world: World, aged: Aged): Planned => {
  const { name, held } = { name: aged.target.name, held: aged.held };
  const accord = ownAccord(world, aged.target, held);
  if (accord?.state !== 'waits' || !isSame(accord.seen, aged.seen)) return left(changed(aged));
  return planMigration(world, {
    sources: [held.source],
    from: name,
    version: held.version,
    full: false,
    allowDowngrades: false,
  });
};

const changed = ({ held, target }: Aged): Refusal =>
  refusal('changed', `${held.source} in ${target.name} is not as it was looked at`, 'it is looked at again');

const commandOf = ({ repository, members: [member], trial }: Plan, aged: Aged, now: number) => {
  const [step] = member?.steps ?? [];
  if (member === undefined || step === undefined) return undefined;
  const { source, seen } = member;
  const { publication, at: publishedAt } = aged.seen;
  return {
    command: 'TakeStep',
    ...{ repository, source, seen, step },
    ownedElsewhere: trial.owned.get(source) ?? [],
    age: { lay: agedDays(aged, now), asked: aged.days, publication, publishedAt },
  } as const;
};
