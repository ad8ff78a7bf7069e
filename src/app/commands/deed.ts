import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { DaemonCommand } from '../../domain/command.ts';
import type { Actor } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import type { InTurn } from '../../ports/in-turn.ts';
import type { Voice } from '../../ports/tell.ts';
import { flag } from './arguments.ts';
import { type Arguments, becauseOf, type Command, command, type Row } from './command.ts';

/** An answer about a deed; whether it was done is added to it. */
export type Words = Pick<Answer, 'plain' | 'basis' | 'ends'> & { readonly json: object };

/** What was said, or would be. */
type Said = readonly RecordedEvent[];

/** Says to the log what a deed says. */
export type Say = () => Promise<Either<Refusal, Said>>;

/**
 * What a command comes to, before any of it is done. A deed is rehearsed before it is done: nothing of it happens when the log would
 * refuse what it says. A dry run ends there.
 */
export type Deed = {
  /**
   * What is now of that which it changes, as far as the deed makes it another: who agreed to a plan did not agree to undo what somebody
   * else made of it since. It is never shown.
   */
  readonly was: unknown;
  /** To the log, in this order; each decision sees those before it. */
  readonly says: readonly DaemonCommand[];
  readonly would: (said: Said) => Words;
  /** The only step with an effect. What has one before it says anything calls `begin` right before that. */
  readonly perform: (say: Say, begin: () => void) => Promise<Either<Refusal, Words>>;
};

/** Who hears what a command says: the log, or nobody. */
export const heard = ({ tell, rehearsal }: Voice, given: { readonly 'dry-run': boolean }): Voice['tell'] =>
  given['dry-run'] ? rehearsal() : tell;

/** A deed that is nothing but what it says. */
export const saying = (
  was: unknown,
  says: readonly DaemonCommand[],
  words: (said: Said, isDone: boolean) => Words,
): Deed => ({
  was,
  says,
  would: (said) => words(said, false),
  perform: async (say) => {
    const said = await say();
    return isLeft(said) ? said : right(words(said.right, true));
  },
});

/** A row of the command table that comes to a deed, or only to an answer. It has its rehearsal by that. */
export const changingCommand = <A extends Arguments>(
  voice: Voice,
  {
    plan,
    inTurn = (decide) => decide(),
    ...row
  }: Omit<Row<A>, 'run' | 'changes'> & {
    readonly plan: (...given: Parameters<Row<A>['run']>) => Planned | Promise<Planned>;
    /** For deeds whose rules look at more than one stream. */
    readonly inTurn?: InTurn;
  },
): Command =>
  command({
    ...row,
    arguments: { ...row.arguments, 'dry-run': flag('Only says what would happen', 'n') },
    changes: true,
    run: (given, actor, caller) =>
      inTurn(async () => {
        const planned = await plan(given as Parameters<typeof plan>[0], actor, caller);
        if (isLeft(planned) || !('says' in planned.right)) return planned as Either<Refusal, Answer>;
        return carryOut(planned.right, (given as { readonly 'dry-run': boolean })['dry-run'], actor, voice);
      }),
  });

export type Planned = Either<Refusal | readonly Refusal[], Deed | Answer>;

const carryOut = async (
  { was, says, would, perform }: Deed,
  isDryRun: boolean,
  actor: Actor,
  { tell, rehearsal, begin = () => undefined }: Voice,
): Promise<Either<Refusal, Answer>> => {
  const because = becauseOf(actor);
  const sayTo = (listener: Voice['tell']) => async () => {
    const said: RecordedEvent[] = [];
    for (const each of says) {
      const told = await listener(each, because);
      if (isLeft(told)) return told;
      said.push(...told.right);
    }
    return right(said);
  };
  const rehearsed = await sayTo(rehearsal())();
  if (isLeft(rehearsed)) return rehearsed;
  const wouldSay = rehearsed.right.map(({ body }) => body.type);
  if (isDryRun) return right(answerOf(would(rehearsed.right), false, [was, wouldSay]));
  const done = await perform(sayTo(tell), begin);
  return isLeft(done) ? done : right(answerOf(done.right, true, undefined));
};

const answerOf = (words: Words, isDone: boolean, was: unknown): Answer => ({
  ...words,
  json: { done: isDone, ...words.json },
  was,
});
