import type { Argument, ArgumentFault, CommandDescription } from '../../../ports/api.ts';
import { type Html, html } from './html.ts';

/** A form as far as it is filled in. */
export type Filled = {
  readonly command: CommandDescription;
  readonly given: Readonly<Record<string, string>>;
  readonly faults: readonly ArgumentFault[];
  /** Values that the instance knows, by the name of the argument. */
  readonly known: ReadonlyMap<string, readonly string[]>;
  /** What our forms carry, where the browser has a session. */
  readonly token: Html | undefined;
  /** Whether its reader may run the command. A stranger is asked to log in when the form is sent. */
  readonly standing: 'may' | 'stranger' | 'may not';
};

/** Asks for the arguments of a command: those that it needs first, the others folded away while nothing was said of them. */
export const commandForm = (filled: Filled): Html => {
  const { command, token, standing } = filled;
  const { name, changes } = command;
  const shown = command.arguments.filter((argument) => argument.name !== 'dry-run');
  const needed = shown.filter(({ fallback, positional }) => fallback === undefined || positional);
  const others = shown.filter((argument) => !needed.includes(argument));
  const isOpen = needed.length === 0 || others.some((one) => isWanted(one, filled));
  return html`<form class="command" method="${changes ? 'post' : 'get'}" action="${changes ? `/mini_buildd/commands/${name}` : `/mini_buildd/api/${name}`}" data-arguments="/mini_buildd/commands/${name}/check"${changes && html` data-draft="${name}"`} autocomplete="off">
<input type="hidden" name="output" value="html">${changes && token}
${needed.map((argument) => field(argument, filled))}
${others.length > 0 && html`<details${isOpen && html` open`}><summary>${needed.length === 0 ? 'Options' : 'More options'}</summary>${others.map((argument) => field(argument, filled))}</details>`}
<p><button${standing === 'may not' && html` disabled`}>${changes ? 'Look at what it would do' : 'Show'}</button></p></form>`;
};

/** Something was said of it, or it is meant for the action that was chosen. */
const isWanted = (argument: Argument, { given, faults }: Filled): boolean =>
  argument.name in given ||
  faultOf(argument, faults) !== undefined ||
  (argument.with ?? []).includes(given.action ?? '');

const field = (argument: Argument, { given, faults, known }: Filled): Html => {
  const { name, summary, fallback, isPrivate } = argument;
  const fault = faultOf(argument, faults);
  const told = html`<span class="quiet" id="${name}-about">${summary}${fallback === undefined && ' (needed)'}</span><span class="fault" id="${name}-fault" aria-live="polite">${fault && `${fault.fact}: ${fault.remedy}`}</span>`;
  const common = html`id="${name}" name="${name}" aria-describedby="${name}-about ${name}-fault"${isPrivate === true && html` data-private`}${fault !== undefined && html` aria-invalid="true"`}`;
  return html`<p class="field"><label for="${name}">${name}</label>${input(argument, given[name], common, known.get(name) ?? [])}${told}</p>
`;
};

const faultOf = ({ name }: Argument, faults: readonly ArgumentFault[]) =>
  faults.find(({ argument }) => argument === name)?.because;

/** What is false unless said otherwise is a box to tick; what is left empty is not given. */
const input = (
  { name, fallback, multiline, words }: Argument,
  given: string | undefined,
  common: Html,
  known: readonly string[],
): Html => {
  if (fallback === 'false') {
    const isTicked = given !== undefined && !['false', '0', 'no', 'off'].includes(given.toLowerCase());
    return html`<input type="checkbox" ${common} value="true"${isTicked && html` checked`}>`;
  }
  const required = fallback === undefined && html` required`;
  if (words !== undefined) return html`<select ${common}${required}>${choices(words, given ?? fallback)}</select>`;
  return multiline
    ? html`<textarea ${common}${required} rows="12" cols="70" spellcheck="false">
${given}</textarea>`
    : html`<input ${common}${required} value="${given}" placeholder="${fallback}" autocapitalize="none" spellcheck="false"${known.length > 0 && html` list="${name}-known"`}>${known.length > 0 && html`<datalist id="${name}-known">${known.map((value) => html`<option value="${value}">`)}</datalist>`}`;
};

/** A word that is none of them stays, so that its reader sees what was said. */
const choices = (words: readonly string[], chosen: string | undefined): readonly Html[] => [
  ...(chosen === undefined ? [html`<option value="">choose</option>`] : []),
  ...[...(chosen === undefined || words.includes(chosen) ? [] : [chosen]), ...words].map(
    (word) => html`<option${word === chosen && html` selected`}>${word}</option>`,
  ),
];
