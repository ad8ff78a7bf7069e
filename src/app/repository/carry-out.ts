import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { ulid } from 'ulid';
import type { Actor, ChangeId } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { Because, Tell, Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import type { Plan, Planned } from './plan.ts';

/** What changing a repository needs beside a plan. */
export type Carrier = {
  readonly world: World;
  readonly tell: Tell;
  readonly inTurn: InTurn;
  readonly clock: Clock;
  /** Resolves when the world is as asked. */
  readonly until: (asked: (world: World) => boolean) => Promise<void>;
};

/** Nobody waits longer for an answer; the change is finished all the same. */
const patienceMs = 60_000;

/**
 * Plans and does what was planned. One step is one event on one stream. More of them are planned as a change, which the duty
 * `finish-changes` completes or abandons; this waits until it has. Whoever is not answered may look, and ask again.
 */
export const carryOut = async (
  plan: () => Planned | Promise<Planned>,
  actor: Actor,
  carrier: Carrier,
): Promise<Planned> => {
  const because: Because = { actor, causedBy: undefined, correlation: randomUUID() };
  const change = ulid(carrier.clock.now()) as ChangeId;
  const told = await carrier.inTurn(async () => {
    const planned = await plan();
    if (isLeft(planned)) return planned;
    const said = await carrier.tell(commandOf(planned.right, change), because);
    return isLeft(said) ? said : planned;
  });
  if (isLeft(told) || isOneStep(told.right)) return told;
  const ended = await outcome(change, carrier);
  return isLeft(ended) ? ended : told;
};

/** Whether each package it is about would take part in it now; nothing is said. */
export const rehearse = async (plan: Plan, actor: Actor, { clock, rehearsal }: Carrier & Voice): Promise<Planned> => {
  const because: Because = { actor, causedBy: undefined, correlation: randomUUID() };
  const [change, tell] = [ulid(clock.now()) as ChangeId, rehearsal()];
  const claims = plan.members.map(
    ({ source, seen, steps }) =>
      ({
        command: 'ClaimPackage',
        ...{ change, repository: plan.repository, source, seen, steps },
        ownedElsewhere: plan.trial.owned.get(source) ?? [],
      }) as const,
  );
  for (const command of [commandOf(plan, change), ...(isOneStep(plan) ? [] : claims)]) {
    const told = await tell(command, because);
    if (isLeft(told)) return told;
  }
  return right(plan);
};

const isOneStep = ({ members }: Plan): boolean => members.flatMap(({ steps }) => steps).length === 1;

const commandOf = (plan: Plan, change: ChangeId) => {
  const { repository, members, trial } = plan;
  const [member] = members;
  const [step] = member?.steps ?? [];
  return member !== undefined && step !== undefined && isOneStep(plan)
    ? ({
        command: 'TakeStep',
        repository,
        source: member.source,
        seen: member.seen,
        step,
        ownedElsewhere: trial.owned.get(member.source) ?? [],
      } as const)
    : ({ command: 'PlanChange', change, repository, members } as const);
};

const outcome = async (change: ChangeId, { world, until, clock }: Carrier): Promise<Either<Refusal, undefined>> => {
  await Promise.race([until(({ changes }) => !changes.open.has(change)), firstValueFrom(clock.after(patienceMs))]);
  const ended = world.changes.ended.get(change);
  if (ended?.type === 'ChangeCompleted') return right(undefined);
  if (ended?.type === 'ChangeAbandoned') return left(refusal(ended.rule, ended.fact, ended.remedy));
  return left(
    refusal(
      'under-way',
      `change ${change} is planned and not done yet`,
      'it is completed or abandoned by itself; look at its packages later',
    ),
  );
};
