import type { Refusal } from '../../../domain/refusal.ts';
import type { Answer, CommandDescription } from '../../../ports/api.ts';
import { chapterOf } from '../command-chapters.ts';
import { answered } from './answered.ts';
import { commandForm, type Filled } from './command-form.ts';
import { commandUrl } from './command-index-page.ts';
import { ending } from './ending.ts';
import { type Content, type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { badge, clipped } from './parts.ts';
import { type Progress, progressList, progressUrl } from './progress-page.ts';
import { isStaleNow, refusals } from './refused.ts';
import { sameAs, sameHelp } from './same-as.ts';
import { touched } from './touched.ts';

/** The form of one command. `because` says why what was sent with it was not done. */
export const formPage = (instance: Instance, filled: Filled, because: readonly Refusal[] = []): string => {
  const { faults } = filled;
  const others = because.filter(({ fact }) => !faults.some(({ because }) => because.fact === fact));
  return framed(
    instance,
    filled,
    html`${refusals(others)}
${faults.length > 0 && html`<p class="notice" role="alert"><strong>Nothing was done.</strong> <span>Look at ${faults.map(({ argument }, index) => html`${index > 0 && ', '}<a href="#${argument}">${argument}</a>`)}.</span></p>`}
<section class="card" aria-label="Form">${conditions(filled)}
${commandForm(filled)}</section>`,
  );
};

/** What a page plans to do: see `Deed`. */
export type ShownPlan = { readonly plan: Answer; readonly isStale: boolean };

/** What a deed would come to, and the way to it: nothing was done yet. */
export const planPage = (instance: Instance, filled: Filled, { plan, isStale }: ShownPlan): string => {
  const { command, given, token } = filled;
  return framed(
    instance,
    filled,
    html`${isStale && isStaleNow}
<section class="card"><h2>What it would do</h2>
${asked(given)}
${answered(plan, undefined)}
${plan.ends && ending(plan.ends)}
<form method="post" action="/mini_buildd/commands/${command.name}">
<input type="hidden" name="output" value="html"><input type="hidden" name="confirm" value="${command.name}"><input type="hidden" name="plan_seen" value="${plan.sum}">${token}
${Object.entries(given).map(([name, value]) => html`<textarea name="${name}" hidden>\n${value}</textarea>`)}
<p class="deed"><button>Do it</button> <button name="change_it" value="yes" class="second">Change it</button></p></form></section>`,
  );
};

/** What a command answered, as a person reads it, and how far that is which it began. */
export const answerPage = (
  instance: Instance,
  filled: Filled,
  answer: Answer,
  progress: readonly Progress[],
): string => {
  const { command, given } = filled;
  const follow = answer.follow ?? [];
  return framed(
    instance,
    filled,
    html`<section class="card" aria-label="Answer">${command.changes && html`<p>${badge('done', 'good')}</p>${asked(given)}`}
${answered(answer, command.changes ? undefined : wholeUrl(filled))}
${touched(command, given, answer)}</section>
${
  follow.length > 0 &&
  html`<section class="card"><h2>How far it is</h2>${liveState}
<div id="progress" aria-live="polite">${progressList(progress)}</div>
<p class="small"><a href="${progressUrl(follow)}">Look again</a></p></section>`
}
<details class="card"${!command.changes && command.arguments.length > 0 && html` open`}><summary>${command.changes ? 'Once more' : 'Ask again'}</summary>
${commandForm(filled)}</details>`,
    follow.length > 0 ? progressUrl(follow) : undefined,
  );
};

/** Where all of an answer is told, for programs. */
const wholeUrl = ({ command, given }: Filled): string =>
  `/mini_buildd/api/${command.name}?${new URLSearchParams(given)}`;

/** Where the manual tells more of a command. */
export const manualLink = (command: string): Html | undefined => {
  const found = chapterOf(command);
  return found && html` · in the manual: <a href="${found.url}">${found.heading}</a>`;
};

/** Whether enough is said to ask it. */
const isSaid = ({ command, given, faults }: Filled): boolean =>
  faults.length === 0 &&
  command.arguments.every(({ name, fallback }) => fallback !== undefined || given[name] !== undefined);

const framed = (instance: Instance, filled: Filled, body: Content, live?: string): string => {
  const { command, given } = filled;
  return page({
    title: `${command.name} – ${instance.name}`,
    instance,
    ...(live !== undefined && { live }),
    body: html`<nav class="quiet small" aria-label="Where this is"><a href="/mini_buildd/commands">Commands</a> › ${command.about} · <a href="/mini_buildd/reference/${command.name}">for programs</a>${manualLink(command.name)}</nav>
<h1><code>${command.name}</code></h1><p>${command.summary}</p>
${body}
${isSaid(filled) ? sameAs(instance, commandUrl(command.name, shortOf(command, given)), asCalled(command, given)) : sameHelp(instance, commandUrl(command.name, shortOf(command, given)), command.name)}`,
  });
};

const asCalled = (command: CommandDescription, given: Readonly<Record<string, string>>) => ({
  command: command.name,
  given,
  positional: command.arguments.filter(({ positional }) => positional).map(({ name }) => name),
  changes: command.changes,
  confirmed: command.needsConfirmation,
});

/** Where a form is that is filled in as far as an address has room for it, and whether that is all. */
export const formAddress = (
  command: CommandDescription,
  given: Readonly<Record<string, string>>,
): { readonly address: string; readonly isWhole: boolean } => {
  const said = commandUrl(command.name, shortOf(command, given));
  const address = said.length <= longestAddress ? said : commandUrl(command.name);
  return { address, isWhole: address === commandUrl(command.name, given) };
};

/** Longer ones are refused by some who stand between browsers and us. Characters. */
const longestAddress = 2000;

/** What has room in an address and may be read there: no keys, no configurations, nothing private. */
const shortOf = (
  { arguments: known }: CommandDescription,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([name]) => !known.some((each) => each.name === name && (each.multiline === true || each.isPrivate === true)),
    ),
  );

const conditions = ({ command: { privilege, needsEngine }, standing }: Filled): Html | undefined =>
  privilege === 'none' && !needsEngine
    ? undefined
    : html`<p class="quiet small">${privilege !== 'none' && `Needs the privilege ${privilege}${missing[standing]}. `}${needsEngine && 'Needs a running engine.'}</p>`;

const missing: Readonly<Record<Filled['standing'], string>> = {
  may: '',
  stranger: '; you will be asked to log in',
  'may not': ', which your account does not have: ask an administrator of this instance',
};

const asked = (given: Readonly<Record<string, string>>): Html | false =>
  Object.keys(given).length > 0 &&
  html`<dl class="asked">${Object.entries(given).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value.includes('\n') ? html`<pre class="answer" tabindex="0">${clipped(value, mostRepeated)}</pre>` : clipped(value, mostRepeated)}</dd></div>`)}</dl>`;

/** Characters of what somebody typed: all of it stands in the form. */
const mostRepeated = 2000;
