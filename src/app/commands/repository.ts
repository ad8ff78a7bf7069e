import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { repositoryStream } from '../../domain/event.ts';
import type { Actor, StreamName } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { Tell } from '../../ports/tell.ts';
import type { Slot } from '../../projections/contents.ts';
import type { World } from '../../projections/world.ts';
import { carryOut } from '../repository/carry-out.ts';
import { planMigration, planRemoval, planRestoration, type Step } from '../repository/change-plan.ts';
import { distribution, flag, maybeVersion, sourceName } from './arguments.ts';
import { type Command, command } from './command.ts';

const dryRun = flag('Only shows what would be', 'n');

/** `migrate`: into the suite that a suite migrates to; from a rollback distribution: back into its suite. */
export const migrate = (world: World, tell: Tell): Command =>
  command({
    name: 'migrate',
    summary: 'Migrates a source package with its binaries to the next suite; from a rollback distribution, restores it',
    arguments: {
      package: sourceName('Source package'),
      distribution: distribution('Distribution that it migrates from'),
      full: flag('Goes on to the last suite of the chain', 'F'),
      version: maybeVersion('Only this version'),
      'dry-run': dryRun,
    },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) => {
      const isRollback = given.distribution.includes('-rollback');
      const plan = isRollback
        ? planRestoration(world, given.package, given.distribution, given.version)
        : planMigration(world, given.package, given.distribution, given.version, given.full);
      return answer(plan, given['dry-run'], caller, tell);
    },
  });

/** `remove`: out of a suite, whose newest rollback it becomes; or out of a rollback distribution. */
export const remove = (world: World, tell: Tell): Command =>
  command({
    name: 'remove',
    summary: 'Removes a source package with its binaries; what a suite held stays reachable as its newest rollback',
    arguments: {
      package: sourceName('Source package'),
      distribution: distribution('Distribution to remove it from'),
      version: maybeVersion('Only this version'),
      'dry-run': dryRun,
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) =>
      answer(planRemoval(world, given.package, given.distribution, given.version), given['dry-run'], caller, tell),
  });

/** `restore`: a rollback, or any version ever installed in the repository, also where something else is now. */
export const restore = (world: World, tell: Tell): Command =>
  command({
    name: 'restore',
    summary: 'Brings back what a rollback distribution holds, or any version that was installed in the repository',
    arguments: {
      package: sourceName('Source package'),
      distribution: distribution('A rollback distribution, or the suite to restore a version into'),
      version: maybeVersion('The version; without it the newest rollback'),
      'dry-run': dryRun,
    },
    privilege: 'staff',
    changes: true,
    needsConfirmation: true,
    run: (given, caller) =>
      answer(planRestoration(world, given.package, given.distribution, given.version), given['dry-run'], caller, tell),
  });

const answer = async (
  plan: Either<Refusal, readonly Step[]>,
  isDryRun: boolean,
  caller: Actor,
  tell: Tell,
): Promise<Either<Refusal, Answer>> => {
  if (isLeft(plan)) return plan;
  if (!isDryRun) {
    const done = await carryOut(plan.right, caller, tell);
    if (isLeft(done)) return done;
  }
  const steps = plan.right.map(describe);
  return right({
    json: { done: !isDryRun, steps },
    plain: steps.map((step) => plain(step, isDryRun)).join(''),
    follow: isDryRun ? [] : repositoriesOf(plan.right),
  });
};

/** What publishes them. */
const repositoriesOf = (steps: readonly Step[]): readonly StreamName[] => [
  ...new Set(steps.map(({ command: { repository } }) => repositoryStream(repository))),
];

const describe = ({ command: { command: what }, distribution: name, before, after, warnings }: Step) => ({
  what,
  distribution: name,
  before: shown(before),
  after: shown(after),
  warnings,
});

const shown = ({ present, earlier }: Slot) => ({
  version: present?.version ?? null,
  rollbacks: earlier.map(({ version }) => version),
});

const plain = (
  { distribution: name, before, after, warnings }: ReturnType<typeof describe>,
  isDryRun: boolean,
): string =>
  [
    `${name}: ${before.version ?? '-'} → ${after.version ?? '-'} (rollbacks ${after.rollbacks.join(', ') || '-'})${
      isDryRun ? ', would be' : ''
    }\n`,
    ...warnings.map((warning) => `  ${warning}\n`),
  ].join('');
