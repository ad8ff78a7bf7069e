import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Argument } from '../../ports/api.ts';
import { formTokenName } from './form-token.ts';
import { nearest } from './nearest.ts';

/** Names that every command understands, beside its own arguments: what pages and the original's way of asking send along. */
const reserved = ['command', 'output', 'confirm', 'plan_seen', 'change_it', formTokenName];

/**
 * What was asked, by the argument's own name: `-` and `_` are one, repeats are joined with `,`, empty values count as
 * absent. What the command does not know is refused, for it was meant to do something.
 */
export const givenArguments = (
  command: string,
  known: readonly Argument[],
  asked: readonly (readonly [string, unknown])[],
): Either<readonly Refusal[], Readonly<Record<string, string>>> => {
  const given = new Map<string, string>();
  const refusals: Refusal[] = [];
  for (const [name, value] of asked) {
    const argument = known.find((argument) => folded(argument.name) === folded(name));
    const words = textOf(value);
    if (argument === undefined && reserved.includes(name)) continue;
    if (argument === undefined) refusals.push(unknownArgument(command, name, known));
    else if (words === undefined) refusals.push(notText(name));
    else
      for (const word of words)
        given.set(argument.name, given.has(argument.name) ? `${given.get(argument.name)},${word}` : word);
  }
  return refusals.length > 0 ? left(refusals.slice(0, 20)) : right(Object.fromEntries(given));
};

const folded = (name: string): string => name.replaceAll('-', '_');

/** Texts, numbers, truths, and lists of them; `undefined` for anything deeper. Lines end as ours do: forms end them as mails do. */
const textOf = (value: unknown): readonly string[] | undefined => {
  const values = Array.isArray(value) ? value : [value];
  if (!values.every((one) => ['string', 'number', 'boolean'].includes(typeof one))) return undefined;
  return values.map((one) => String(one).replace(/\r\n?/g, '\n')).filter((one) => one !== '');
};

const unknownArgument = (command: string, name: string, known: readonly Argument[]): Refusal => {
  const names = known.map((argument) => argument.name);
  const meant = nearest(name, names);
  const remedy = names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`;
  return refusal(
    'unknown-argument',
    `"${command}" has no argument "${name.slice(0, 80)}"`,
    meant === undefined ? remedy : `did you mean "${meant}"?`,
  );
};

const notText = (name: string): Refusal =>
  refusal(
    'bad-argument',
    `"${name}" is neither a text, a number, a truth value nor a list of them`,
    'send it as a text',
  );
