import { randomUUID } from 'node:crypto';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { packageClaimed } from '../../domain/archive/obstacles.ts';
import { resolveDistribution } from '../../domain/configuration/configuration.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { isSame } from '../../domain/same.ts';
import { duty } from '../../ports/tell.ts';
import { type Aged, agedDays, ownAccord } from '../../projections/own-accord.ts';
import type { World } from '../../projections/world.ts';
import type { Carrier } from './carry-out.ts';
import { isSamePlan } from './examine.ts';
import type { Plan, Planned } from './plan.ts';
import { planMigration } from './plan-migration.ts';
import { type Examiner, effectLines, refusedFor, uninstallableAfter } from './uninstallable.ts';

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
    const first = planAged(world, aged, clock.now());
    if (isLeft(first)) return first;
    const wasLookedAt = refusesBroken(world, first.right);
    const looked = await lookAt(first.right, { world, archive, installability });
    if (isLeft(looked)) return looked;
    return inTurn(async () => {
      const now = clock.now();
      const then = planAged(world, aged, now);
      if (isLeft(then)) return then;
      if (refusesBroken(world, then.right) && !wasLookedAt) return left(changed(aged));
      const command = commandOf(then.right, aged, agedDays(world, aged, now));
      if (command === undefined || !isSamePlan(first.right, then.right)) return left(changed(aged));
      return tell(command, duty('migrate-aged', randomUUID(), aged.seen.publication));
    });
  };

/** Nobody is there to judge what could not be examined, so that is refused here, too. */
const lookAt = async (plan: Plan, examiner: Examiner): Promise<Either<Refusal, undefined>> => {
  if (!refusesBroken(examiner.world, plan)) return right(undefined);
  const effects = await uninstallableAfter(plan, examiner);
  const unknown = effects.find((effect) => 'unknown' in effect);
  return unknown === undefined
    ? refusedFor(effects)
    : left(
        refusal(
          'uninstallable',
          effectLines([unknown]).join('; '),
          'see what it lacks, or migrate the version by hand',
        ),
      );
};

const refusesBroken = ({ configuration }: World, { repository }: Plan): boolean =>
  configuration.repositories.get(repository)?.installability === 'refuse';

/** As it was found due, or not at all: layout, engine and clock may say something else by now. */
const planAged = (world: World, aged: Aged, now: number): Planned => {
  const { name } = aged.target;
  const { held } = aged;
  const target = resolveDistribution(world.configuration, name);
  if (isLeft(target) || world.engine !== 'started') return left(changed(aged));
  const accord = ownAccord(world, target.right, held);
  if (accord?.state !== 'waits' || accord.days !== aged.days || !isSame(accord.seen, aged.seen))
    return left(changed(aged));
  if (Date.parse(accord.at) > now) return left(changed(aged));
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

const commandOf = ({ repository, members: [member], trial }: Plan, aged: Aged, lay: number) => {
  const [step] = member?.steps ?? [];
  if (member === undefined || step === undefined) return undefined;
  const { source, seen } = member;
  const { publication, at: publishedAt } = aged.seen;
  return {
    command: 'TakeStep',
    ...{ repository, source, seen, step },
    ownedElsewhere: trial.owned.get(source) ?? [],
    age: { lay, asked: aged.days, publication, publishedAt },
  } as const;
};
