import { randomUUID } from 'node:crypto';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { type Caller, denied } from '../../domain/account/caller.ts';
import { decode } from '../../domain/codec.ts';
import type { Actor } from '../../domain/ids.ts';
import { type Misfit, misfitOf, misfits } from '../../domain/misfits.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer, Argument, ArgumentFault, CommandDescription } from '../../ports/api.ts';
import type { Because } from '../../ports/tell.ts';

/** What a command is asked with, once its arguments are right. */
type Given<A extends Arguments> = { readonly [K in keyof A]: A[K] extends ArgumentOf<infer T> ? T : never };

export type Arguments = Readonly<Record<string, ArgumentOf<unknown>>>;

export type ArgumentOf<T> = Omit<Argument, 'name' | 'codec'> & { readonly codec: t.Decoder<unknown, T> };

/** One row of the command table, with what it does; what it is about, the table says. */
export type Command = {
  readonly description: Omit<CommandDescription, 'about'>;
  readonly faults: (given: Readonly<Record<string, string>>) => readonly ArgumentFault[];
  readonly present: (given: Readonly<Record<string, string>>, caller: Caller) => Promise<Present>;
  readonly run: (
    given: Readonly<Record<string, string>>,
    caller: Caller,
  ) => Promise<Either<readonly Refusal[], Answer>>;
};

/** Arguments as they stand now. */
export type Present = Readonly<Record<string, string>>;

/** Why a command was not run: one broken rule, or each of several. */
type Refused = Refusal | readonly Refusal[];

/** What is said of a command, and what it does. */
export type Row<A extends Arguments> = {
  readonly name: string;
  readonly summary: string;
  readonly arguments: A;
  readonly privilege: CommandDescription['privilege'];
  readonly changes?: boolean;
  readonly needsEngine?: boolean;
  readonly needsConfirmation?: boolean;
  /** What its answer looks like as JSON. */
  readonly answer?: t.Mixed;
  /** What of the arguments is so now of the object that is named, as far as it is named. */
  readonly present?: (given: Readonly<Record<string, string>>) => Promise<Present> | Present;
  readonly run: (
    given: Given<A>,
    actor: Actor,
    caller: Caller,
  ) => Promise<Either<Refused, Answer>> | Either<Refused, Answer>;
};

/**
 * Makes a row: `run` sees nobody who may not run it, and arguments that are decoded; every broken one is named. `actor` is whom the
 * log shall name.
 */
export const command = <A extends Arguments>(row: Row<A>): Command => ({
  description: {
    name: row.name,
    summary: row.summary,
    arguments: Object.entries(row.arguments).map(([name, argument]) => ({
      ...argument,
      name,
      codec: argument.codec as Argument['codec'],
    })),
    privilege: row.privilege,
    changes: row.changes ?? false,
    needsEngine: row.needsEngine ?? false,
    needsConfirmation: row.needsConfirmation ?? false,
    answer: row.answer,
  },
  faults: (given) => readArguments(row.arguments, given).faults,
  present: async (given, caller) => (denied(row, caller) === undefined && (await row.present?.(given))) || {},
  run: async (given, caller) => {
    const refused = denied(row, caller);
    if (refused !== undefined) return left([refused]);
    const { values, faults } = readArguments(row.arguments, given);
    if (faults.length > 0) return left(faults.map(({ because }) => because));
    const answer = await row.run(values as Given<A>, caller.actor, caller);
    return isLeft(answer) ? left('rule' in answer.left ? [answer.left] : answer.left) : answer;
  },
});

/** A command that somebody gave is where a story begins. */
export const becauseOf = (actor: Actor): Because => ({ actor, causedBy: undefined, correlation: randomUUID() });

const readArguments = (
  wanted: Arguments,
  given: Readonly<Record<string, string>>,
): { readonly values: Readonly<Record<string, unknown>>; readonly faults: readonly ArgumentFault[] } => {
  const faults = Object.keys(given)
    .filter((name) => !Object.hasOwn(wanted, name))
    .map((name) => bad(name, `there is no argument "${name}"`, `the arguments are ${list(Object.keys(wanted))}`));
  const values: [string, unknown][] = [];
  for (const [name, { codec, fallback }] of Object.entries(wanted)) {
    const text = given[name] ?? fallback;
    const value = decode(codec, text);
    if (text === undefined) faults.push(bad(name, `"${name}" is missing`, `give ${name}`));
    else if (isLeft(value)) faults.push(...misfits(codec, text).map(misfitIn(name)));
    else values.push([name, value.right]);
  }
  return { values: Object.fromEntries(values), faults };
};

const misfitIn =
  (argument: string) =>
  (misfit: Misfit): ArgumentFault => ({ argument, because: misfitOf('bad-argument', `"${argument}"`)(misfit) });

const bad = (argument: string, fact: string, remedy: string): ArgumentFault => ({
  argument,
  because: refusal('bad-argument', fact, remedy),
});

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
