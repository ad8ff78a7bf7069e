import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Actor } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { type Carrier, carryOut, rehearse } from '../repository/carry-out.ts';
import { examine, isSamePlan } from '../repository/examine.ts';
import type { Plan } from '../repository/plan.ts';
import { planChange, type WantedChange } from '../repository/plan-change.ts';
import type { Examiner } from '../repository/uninstallable.ts';
import { Plan as PlanShape } from './answer-shapes.ts';
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
    answer: PlanShape,
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
    answer: PlanShape,
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
    answer: PlanShape,
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
export const plan = (parts: Parts): Command =>
  command({
    name: 'plan',
    answer: PlanShape,
    summary: 'Shows what migrate, remove or restore would do, and changes nothing',
    arguments: {
      command: positionalChoice(['migrate', 'remove', 'restore'], 'The command'),
      ...packages,
      distribution: distribution('The distribution it is given'),
      ...migrating,
      version: maybeVersion('The version it is given'),
      force: flag('With restore: also a version of a suite that does not migrate to this one'),
      installability: careful.installability,
    },
    privilege: 'none',
    run: (given, _, { privilege }) => {
      const change = { ...wanted(given.command, given), ...widely(given), force: given.force };
      // To look takes programs and their time: not for strangers.
      const installability = privilege === 'none' ? 'off' : given.installability;
      return privilege === 'none' && ['warn', 'refuse'].includes(given.installability)
        ? left(refusal('needs-login', 'installability is looked at for those who have logged in', 'log in'))
        : look(change, installability, parts);
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

type Parts = Carrier & Voice & Examiner;

type Care = { readonly 'dry-run': boolean; readonly installability: 'configured' | 'off' | 'warn' | 'refuse' };

/** What it would come to, also where it would be refused for what could not be installed any more. */
const look = async (
  change: WantedChange,
  installability: Care['installability'],
  parts: Parts,
): Promise<Either<Refusal, Answer>> => {
  const planned = planChange(parts.world, change);
  if (isLeft(planned)) return planned;
  const mode = modeOf(installability, parts.world, planned.right);
  const seen = await examine(planned.right, mode === 'refuse' ? 'warn' : mode, parts);
  return isLeft(seen) ? seen : right(planAnswer(seen.right.plan, false, seen.right.effects));
};

/** It takes time to look, so this is done before anybody waits for it. Where contents changed meanwhile, what is done is looked at again. */
const answer = async (
  change: WantedChange,
  { 'dry-run': isDryRun, installability }: Care,
  caller: Actor,
  parts: Parts,
): Promise<Either<Refusal, Answer>> => {
  const first = planChange(parts.world, change);
  if (isLeft(first)) return first;
  const mode = modeOf(installability, parts.world, first.right);
  let seen = await examine(first.right, mode, parts);
  if (isLeft(seen)) return seen;
  if (isDryRun) {
    const rehearsed = await rehearse(seen.right.plan, caller, parts);
    return isLeft(rehearsed) ? rehearsed : right(planAnswer(seen.right.plan, false, seen.right.effects));
  }
  const examined = seen.right.plan;
  const planned = await carryOut(
    async () => {
      const now = planChange(parts.world, change);
      if (isLeft(now) || isSamePlan(examined, now.right)) return now;
      seen = await examine(now.right, mode, parts);
      return isLeft(seen) ? seen : now;
    },
    caller,
    parts,
  );
  if (isLeft(planned)) return planned;
  return right(planAnswer(planned.right, true, isLeft(seen) ? [] : seen.right.effects));
};

const modeOf = (
  asked: Care['installability'],
  { configuration }: World,
  { repository }: Plan,
): Exclude<Care['installability'], 'configured'> =>
  asked === 'configured' ? (configuration.repositories.get(repository)?.installability ?? 'off') : asked;
