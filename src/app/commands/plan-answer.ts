import { repositoryStream } from '../../domain/stream.ts';
import type { Answer } from '../../ports/api.ts';
import { higherThan, type Slot } from '../../projections/contents.ts';
import type { Tried } from '../../projections/trial.ts';
import { endingOfPlan } from '../endings/ending-of-plan.ts';
import type { Effect } from '../repository/looked-once.ts';
import type { Plan } from '../repository/plan.ts';
import { effectLines } from '../repository/uninstallable.ts';

/** A plan, done or not, for a program and for a person. `effects` is undefined when nobody looked. */
export const planAnswer = (plan: Plan, isDone: boolean, effects: readonly Effect[] | undefined): Answer => {
  const { repository, trial, insistedOn } = plan;
  const ends = isDone ? undefined : endingOfPlan(plan, effects);
  const steps = trial.steps.map((step) => describe(step, insistedOn.get(step.source)));
  return {
    json: { done: isDone, steps, installability: effects ?? [] },
    plain: [...steps.map((step) => plain(step, isDone)), ...effectLines(effects ?? []).map((line) => `${line}\n`)].join(
      '',
    ),
    // What publishes it.
    follow: isDone ? [repositoryStream(repository)] : [],
    ends,
  };
};

const describe = (tried: Tried, insistedOn: string | undefined) => ({
  package: tried.source,
  what: tried.step.deed,
  distribution: tried.distribution,
  before: shown(tried.before),
  after: shown(tried.after),
  warnings: [...warnings(tried), ...(insistedOn === undefined ? [] : [insistedOn])],
});

const shown = ({ present, earlier }: Slot) => ({
  version: present?.version ?? null,
  rollbacks: earlier.map(({ version }) => version),
});

const warnings = ({ source, step, distribution, before, after }: Tried): readonly string[] => {
  if (step.deed === 'remove' || after.present === undefined) return [];
  const higher = higherThan(before.present, after.present);
  if (higher === undefined) return [];
  return [
    `${distribution} has ${source} ${higher}: machines that installed it will not go back to ${step.version} by themselves`,
  ];
};

const plain = (step: ReturnType<typeof describe>, isDone: boolean): string =>
  [
    `${step.distribution}: ${step.package} ${step.before.version ?? '-'} → ${step.after.version ?? '-'} (rollbacks ${
      step.after.rollbacks.join(', ') || '-'
    })${isDone ? '' : ', would be'}\n`,
    ...step.warnings.map((warning) => `  ${warning}\n`),
  ].join('');
