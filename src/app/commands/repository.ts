import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { World } from '../../projections/world.ts';
import { type Carrier, carryOut } from '../repository/carry-out.ts';
import type { Plan } from '../repository/plan.ts';
import { planChange, type WantedChange } from '../repository/plan-change.ts';
import { type Examiner, refusedFor, uninstallableAfter } from '../repository/uninstallable.ts';
import { choice, distribution, flag, maybeVersion, positionalChoice, sourceNames } from './arguments.ts';
import { type Command, command } from './command.ts';
import { planAnswer } from './plan-answer.ts';

const packages = { package: sourceNames('Source package, or several separated by commas: all of them or none') };
const careful = {
  'dry-run': flag('Only shows what every distribution would hold', 'n'),
  installability: choice(
    ['configured', 'off', 'warn', 'refuse'],
    'Whether to look for packages that could not be installed any more, and to refuse for them',
  ),
};
const migrating = {
  full: flag('Goes on to the last suite of the chain', 'F'),
  'allow-downgrades': flag('Also over a higher version'),
};

/** `migrate`: into the suite that a suite migrates to; from a rollback distribution: back into its suite. */
export const migrate = (parts: Parts): Command =>
  command({
    name: 'migrate',
    summary:
      'Migrates source packages with their binaries to the next suite; from a rollback distribution, restores them',
    arguments: {
      ...packages,
      distribution: distribution('Distribution that they migrate from'),
      ...migrating,
      version: maybeVersion('Only this version'),
      ...careful,
    },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) => answer({ ...wanted('migrate', given), ...widely(given) }, given, caller, parts),
  });

/** `remove`: out of a suite, whose newest rollback it becomes; or out of a rollback distribution. */
export const remove = (parts: Parts): Command =>
  command({
    name: 'remove',
    summary: 'Removes source packages with their binaries; what a suite held stays reachable as its newest rollback',
    arguments: {
      ...packages,
      distribution: distribution('Distribution to remove them from'),
      version: maybeVersion('Only this version'),
      ...careful,
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) => answer(wanted('remove', given), given, caller, parts),
  });

/** `restore`: a rollback, or any version ever installed in the repository, also where something else is now. */
export const restore = (parts: Parts): Command =>
  command({
    name: 'restore',
    summary: 'Brings back what a rollback distribution holds, or any version that was installed in the repository',
    arguments: {
      ...packages,
      distribution: distribution('A rollback distribution, or the suite to restore a version into'),
      version: maybeVersion('The version; without it the newest rollback'),
      force: flag('Also a version that was installed into a suite that does not migrate to this one'),
      ...careful,
    },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) => answer({ ...wanted('restore', given), force: given.force }, given, caller, parts),
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
      force: flag('With restore: also a version of a suite that does not migrate to this one'),
    },
    privilege: 'none',
    run: (given) => {
      const planned = planChange(world, { ...wanted(given.command, given), ...widely(given), force: given.force });
      return isLeft(planned) ? planned : right(planAnswer(planned.right, false, []));
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
  force: false,
});

const widely = (given: { readonly full: boolean; readonly 'allow-downgrades': boolean }) => ({
  full: given.full,
  allowDowngrades: given['allow-downgrades'],
});

type Parts = Carrier & Examiner;

type Care = { readonly 'dry-run': boolean; readonly installability: 'configured' | 'off' | 'warn' | 'refuse' };

const answer = async (
  change: WantedChange,
  { 'dry-run': isDryRun, installability }: Care,
  caller: Actor,
  parts: Parts,
): Promise<Either<Refusal, Answer>> => {
  const plan = () => planChange(parts.world, change);
  const first = plan();
  if (isLeft(first)) return first;
  const mode = installability === 'configured' ? configuredMode(parts.world, first.right) : installability;
  const effects = mode === 'off' ? [] : await uninstallableAfter(first.right, parts);
  const refused = mode === 'refuse' && !isDryRun ? refusedFor(effects) : right(undefined);
  if (isLeft(refused)) return refused;
  const planned = isDryRun ? first : await carryOut(plan, caller, parts);
  return isLeft(planned) ? planned : right(planAnswer(planned.right, !isDryRun, effects));
};

const configuredMode = ({ configuration }: World, { repository }: Plan): 'off' | 'warn' | 'refuse' =>
  configuration.repositories.get(repository)?.installability ?? 'off';
