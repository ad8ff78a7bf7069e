import { type Content, type Html, html } from './html.ts';

/** Who looks at a page, as far as its buttons depend on it. */
export type Reader = {
  /** Whether they may run a command. */
  readonly may: (command: string) => boolean;
  readonly isStranger: boolean;
  /** What our forms carry, where the browser has a session. */
  readonly token: Html | undefined;
};

/** A button that leads to the plan of a deed, for who may do it; nothing for others. */
export const deedButton = (
  reader: Reader,
  command: string,
  given: Readonly<Record<string, string>>,
  says: Content,
): Html | undefined =>
  reader.may(command)
    ? html`<form class="deed-button" method="post" action="${planUrl(command)}">${carried(reader, given)}<button class="second small">${says}</button></form>`
    : undefined;

/** A form without anything to see, for many buttons that differ in one argument: see `deedOf`. */
export const sharedForm = (reader: Reader, id: string, given: Readonly<Record<string, string>>): Html =>
  html`<form id="${id}" method="post">${carried(reader, given)}</form>`;

/** A button of the shared form `id`: the same with `value` for the argument `name`. */
export const deedOf = (
  reader: Reader,
  { id, command, name, value }: Readonly<Record<'id' | 'command' | 'name' | 'value', string>>,
  says: Content,
): Html | undefined =>
  reader.may(command)
    ? html`<button class="second small" form="${id}" formaction="${planUrl(command)}" name="${name}" value="${value}">${says}</button>`
    : undefined;

/** Why somebody sees no buttons: what they would need. `deeds` are commands in words. */
export const whyNoButtons = (reader: Reader, deeds: Readonly<Record<string, string>>, path: string): Html | false => {
  const missing = Object.entries(deeds).filter(([command]) => !reader.may(command));
  return (
    missing.length > 0 &&
    html`<p class="quiet small">${missing.map(([command, says], index) => html`${index > 0 && ', '}<a href="${planUrl(command)}">${says}</a>`)}: ${reader.isStranger ? html`for who may, and has <a href="/mini_buildd/login?next=${encodeURIComponent(path)}">logged in</a>.` : 'not for your account.'}</p>`
  );
};

const planUrl = (command: string): string => `/mini_buildd/commands/${command}`;

/** What a form of ours sends along. */
export const carried = ({ token }: Reader, given: Readonly<Record<string, string>>): Html =>
  html`<input type="hidden" name="output" value="html">${token}${Object.entries(given).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
