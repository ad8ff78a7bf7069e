import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { World } from '../../projections/world.ts';
import { type Carrier, carryOut } from '../repository/carry-out.ts';
import { planChange, type WantedChange } from '../repository/plan-change.ts';
import { distribution, flag, maybeVersion, positionalChoice, sourceNames } from './arguments.ts';
import { type Command, command } from './command.ts';
import { planAnswer } from './plan-answer.ts';

const packages = { package: sourceNames('Source package, or several separated by commas: all of them or none') };
const dryRun = { 'dry-run': flag('Only shows what every distribution would hold', 'n') };
const migrating = {
  full: flag('Goes on to the last suite of the chain', 'F'),
  'allow-downgrades': flag('Also over a higher version'),
};

/** `migrate`: into the suite that a suite migrates to; from a rollback distribution: back into its suite. */
export const migrate = (carrier: Carrier): Command =>
  command({
    name: 'migrate',
    summary:
      'Migrates source packages with their binaries to the next suite; from a rollback distribution, restores them',
    arguments: {
      ...packages,
      distribution: distribution('Distribution that they migrate from'),
      ...migrating,
      version: maybeVersion('Only this version'),
      ...dryRun,
    },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) =>
      answer({ ...wanted('migrate', given), ...widely(given) }, given['dry-run'], caller, carrier),
  });

/** `remove`: out of a suite, whose newest rollback it becomes; or out of a rollback distribution. */
export const remove = (carrier: Carrier): Command =>
  command({
    name: 'remove',
    summary: 'Removes source packages with their binaries; what a suite held stays reachable as its newest rollback',
    arguments: {
      ...packages,
      distribution: distribution('Distribution to remove them from'),
      version: maybeVersion('Only this version'),
      ...dryRun,
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) => answer(wanted('remove', given), given['dry-run'], caller, carrier),
  });

/** `restore`: a rollback, or any version ever installed in the repository, also where something else is now. */
export const restore = (carrier: Carrier): Command =>
  command({
    name: 'restore',
    summary: 'Brings back what a rollback distribution holds, or any version that was installed in the repository',
    arguments: {
      ...packages,
      distribution: distribution('A rollback distribution, or the suite to restore a version into'),
      version: maybeVersion('The version; without it the newest rollback'),
      ...dryRun,
    },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) => answer(wanted('restore', given), given['dry-run'], caller, carrier),
  });

/** `plan`: what one of the above would do, for who may not do it, or does not want to yet. */
export const plan = (world: World): Command =>
  command({
    name: 'plan',
    summary: 'Shows what migrate, remove or restore would do, and changes nothing',
    arguments: {
      command: positionalChoice(['migrate', 'remove', 'restore'], 'The command'),
      ...packages,
      distribution: distribution('The distribution it is given'),
      ...migrating,
      version: maybeVersion('The version it is given'),
    },
    privilege: 'none',
    run: (given) => {
      const planned = planChange(world, { ...wanted(given.command, given), ...widely(given) });
      return isLeft(planned) ? planned : right(planAnswer(planned.right, false));
    },
  });

const wanted = (
  deed: WantedChange['deed'],
  given: Pick<WantedChange, 'distribution' | 'version'> & { readonly package: WantedChange['sources'] },
): WantedChange => ({
  deed,
  sources: given.package,
  distribution: given.distribution,
  version: given.version,
  full: false,
  allowDowngrades: false,
});

const widely = (given: { readonly full: boolean; readonly 'allow-downgrades': boolean }) => ({
  full: given.full,
  allowDowngrades: given['allow-downgrades'],
});

const answer = async (
  change: WantedChange,
  isDryRun: boolean,
  caller: Actor,
  carrier: Carrier,
): Promise<Either<Refusal, Answer>> => {
  const plan = () => planChange(carrier.world, change);
  const planned = isDryRun ? plan() : await carryOut(plan, caller, carrier);
  return isLeft(planned) ? planned : right(planAnswer(planned.right, !isDryRun));
};
