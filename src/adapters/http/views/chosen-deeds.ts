import { commandUrl } from './command-index-page.ts';
import { carried, type Reader } from './deed-button.ts';
import { type Content, type Html, html } from './html.ts';
import { packageLink } from './parts.ts';

/** What may be done with packages of a list that its reader chose; `given` says where. Of some a form asks for more. */
export type ChosenDeed = {
  readonly command: string;
  readonly says: Content;
  readonly given: Readonly<Record<string, string>>;
  readonly asksMore?: boolean;
};

/** A package, with a box to choose it by for who may do anything with it. */
export const chooser = (reader: Reader, deeds: readonly ChosenDeed[], source: string): Html =>
  mayAny(reader, deeds)
    ? html`<label class="choose"><input type="checkbox" form="chosen" name="package" value="${source}"> ${packageLink(source)}</label>`
    : packageLink(source);

/** Leads from the chosen packages to the plan of a deed. `where` asks where they are, if that is not known. */
export const chosenDeeds = (reader: Reader, deeds: readonly ChosenDeed[], where: Content = ''): Html | false =>
  mayAny(reader, deeds) &&
  html`<form id="chosen" class="deeds" method="post">${carried(reader, {})}<span>The chosen ones${where}</span>${deeds.map(
    ({ command, says, given, asksMore }) =>
      reader.may(command) &&
      html` <button class="second small" formaction="${commandUrl(command, given)}"${asksMore === true && html` name="change_it" value="yes"`}>${says}</button>`,
  )}</form>`;

const mayAny = (reader: Reader, deeds: readonly ChosenDeed[]): boolean =>
  deeds.some(({ command }) => reader.may(command));
