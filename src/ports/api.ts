import type { Either } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { Caller } from '../domain/account/caller.ts';
import type { Privilege } from '../domain/account/privilege.ts';
import type { StreamName } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';

export type Argument = {
  readonly name: string;
  /** A codec from text: arguments come from URLs, forms and shells. */
  readonly codec: t.Type<unknown, string, unknown>;
  readonly positional: boolean;
  /** One letter, as the original's tool had it. */
  readonly short: string | undefined;
  /** Several lines of text, whose breaks count: forms give it room. */
  readonly multiline?: true;
  /** A secret, or what is somebody's own: it stands in no address, for browsers and proxies keep those. */
  readonly isPrivate?: true;
  /** Used when absent; an argument without it is required. */
  readonly fallback: string | undefined;
  readonly summary: string;
  /** The only values there are, where they are few. */
  readonly words?: readonly string[];
  /** Those of them with which the command changes nothing. */
  readonly looks?: readonly string[];
  /** The actions it is meant for, where the command has several: with others it says nothing. */
  readonly with?: readonly string[];
};

/**
 * An answer is JSON; `plain` is the same for a person's terminal. `follow` names what was begun and goes on: the command
 * `progress` tells how far each is. `basis` is what a plan comes down to, where its answer holds more than that: ids that are made up
 * and times that are read anew whenever it is asked for. `was` is what is now of that which a plan changes: it stands as long as that
 * does. `ends`: what a deed that was not done yet would put an end to; `sum` names this plan, of what was asked for here.
 */
export type Answer = {
  readonly json: unknown;
  readonly plain: string;
  readonly follow?: readonly StreamName[];
  readonly basis?: unknown;
  readonly was?: unknown;
  readonly ends?: Ending | undefined;
  readonly sum?: string;
};

/** What a deed puts an end to, a sentence each: what is no more, what needed it or comes to feel it, and what is as before. */
export type Ending = {
  readonly goes: readonly string[];
  readonly depends: readonly string[];
  readonly stays: readonly string[];
};

/** What commands are about, in the order in which people are shown them. */
export const topics = [
  'What is here',
  'Uploads and builds',
  'Packages',
  'For apt and dput',
  'Your account',
  'The past',
  'Configuration',
  'Chroots',
  'People and other machines',
  'The daemon',
] as const;
export type Topic = (typeof topics)[number];

export type CommandDescription = {
  readonly name: string;
  readonly about: Topic;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  /** What the caller must be allowed at least. */
  readonly privilege: Privilege;
  /** Changing commands are POST only. */
  readonly changes: boolean;
  readonly needsEngine: boolean;
  readonly needsConfirmation: boolean;
  /** What its answer looks like as JSON, where that is promised. */
  readonly answer?: t.Mixed | undefined;
};

/** Why an argument cannot be what is written. */
export type ArgumentFault = { readonly argument: string; readonly because: Refusal };

/** The command table: HTTP API, tool, forms, OpenAPI document and man page come from it. */
export interface Api {
  readonly commands: readonly CommandDescription[];
  /**
   * `left` holds one refusal a broken rule; rule `unknown-command` or `bad-argument` for what was asked wrongly,
   * `needs-privilege` for what the caller may not do: here it is enforced, for all who ask. `agreed` is the `sum` of a plan: that is
   * done, or, when it would come to something else by now, nothing: rule `plan-changed`.
   */
  readonly run: (
    command: string,
    given: Readonly<Record<string, string>>,
    caller: Caller,
    agreed?: string,
  ) => Promise<Either<readonly Refusal[], Answer>>;
  /** What is wrong with arguments as they are written, missing ones included; nothing is run. Empty for a command that is not there. */
  readonly faults: (command: string, given: Readonly<Record<string, string>>) => readonly ArgumentFault[];
  /** What arguments that are not said stand at now, of the object that `given` names: a form of what may be changed begins with that. */
  readonly present: (
    command: string,
    given: Readonly<Record<string, string>>,
    caller: Caller,
  ) => Promise<Readonly<Record<string, string>>>;
  /** Values of an argument that this instance knows, that fit what is typed of it, and that the caller may know: a few. */
  readonly known: (asked: AskedValues) => Promise<readonly string[]>;
}

/** `given` are the other arguments as far as they are written: they may say which values are meant. */
export type AskedValues = {
  readonly argument: Argument;
  readonly typed: string;
  readonly given: Readonly<Record<string, string>>;
  readonly caller: Caller;
};

/** Whether it would change anything, asked like this: some words of some arguments only look. */
export const changesSomething = (
  { changes, arguments: known }: Described,
  given: Readonly<Record<string, string>>,
): boolean => changes && !known.some(({ name, looks = [] }) => looks.includes(given[name] ?? ''));

/** Whether what changes something says only what it would come to. */
export const isRehearsed = (given: Readonly<Record<string, string>>): boolean =>
  !['false', '0', 'no', 'off'].includes((given[dryRun] ?? 'false').toLowerCase());

export const dryRun = 'dry-run';

/** What was said beyond what goes without saying, and beyond whether it is only rehearsed. */
export const saidBeyond = (
  { arguments: known }: Pick<CommandDescription, 'arguments'>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => name !== dryRun && !known.some((each) => each.name === name && each.fallback === value),
    ),
  );

/** The rule of a deed that would come to something else than what was agreed to. */
export const planChanged = 'plan-changed';

/** Whether it has to be confirmed, asked like this: what only looks has not, nor what only says what would happen. */
export const wantsConfirmation = (
  command: Described & Pick<CommandDescription, 'needsConfirmation'>,
  given: Readonly<Record<string, string>>,
): boolean => command.needsConfirmation && changesSomething(command, given) && !isRehearsed(given);

type Described = Pick<CommandDescription, 'changes'> & {
  readonly arguments: readonly Pick<Argument, 'name' | 'looks'>[];
};
