import { type ChosenDeed, chosenDeeds } from './chosen-deeds.ts';
import { commandUrl } from './command-index-page.ts';
import { deedButton, deedOf, type Reader, sharedForm, whyNoButtons } from './deed-button.ts';
import type { DistributionModel, HeldPackage } from './distribution-model.ts';
import { type Html, html } from './html.ts';
import { distributionUrl } from './parts.ts';

/** What may be done with packages of a distribution as it is now, several at once. Nothing is done to the past. */
export const deedsIn = ({ when, rollback, migratesTo, distribution }: DistributionModel): readonly ChosenDeed[] => {
  if (when.time !== undefined) return [];
  const given = { distribution };
  const remove = { command: 'remove', says: 'Remove', given };
  if (rollback !== undefined) return [{ command: 'restore', says: 'Restore', given }, remove];
  const port = { command: 'port', says: 'Port …', given: { from_distribution: distribution }, asksMore: true };
  return migratesTo === null
    ? [port, remove]
    : [{ command: 'migrate', says: html`→ ${suiteOf(migratesTo)}`, given }, port, remove];
};

/** Below the list. */
export const deedsOfChosen = (model: DistributionModel, reader: Reader): Html => {
  const { repository, distribution, when } = model;
  const words = inWords(model);
  return html`${model.items.length > 0 && chosenDeeds(reader, deedsIn(model))}${
    when.time === undefined && html`${sharedForm(reader, alone, { distribution })}`
  }${Object.keys(words).length > 0 && whyNoButtons(reader, words, distributionUrl(repository, distribution))}`;
};

/** Of one package: what is done with it alone, and most often. */
export const deedsOfOne = (model: DistributionModel, held: HeldPackage, reader: Reader): Html => {
  const { when, rollback, migratesTo } = model;
  const { source } = held;
  if (when.time !== undefined)
    return html`${canReturn(held, model) && deedButton(reader, 'restore', backTo(held, model), 'Restore')}`;
  if (rollback !== undefined) return html`${one(reader, 'restore', source, 'Restore')}`;
  return html`${migratesTo !== null && held.stays === undefined && one(reader, 'migrate', source, html`→ ${suiteOf(migratesTo)}`)}`;
};

const one = (reader: Reader, command: string, source: string, says: string | Html) =>
  deedOf(reader, { id: alone, command, name: 'package', value: source }, says);

/** Id of the form of what is done with one package. */
const alone = 'alone';

/** What stood there in the past and stands there no more, as long as it is kept. */
const canReturn = ({ now, version, isLost }: HeldPackage, { rollback, ended }: DistributionModel): boolean =>
  now !== version && !isLost && rollback === undefined && ended === undefined;

const backTo = ({ source, version }: HeldPackage, { distribution }: DistributionModel) => ({
  ...{ package: source, distribution, version },
});

/** By the name of the command. */
const inWords = (model: DistributionModel): Readonly<Record<string, string>> => {
  if (model.ended !== undefined) return {};
  if (model.when.time !== undefined) return model.rollback === undefined ? { restore: 'restore' } : {};
  return Object.fromEntries(deedsIn(model).map(({ command }) => [command, command]));
};

/** What is done with the distribution as a whole. */
export const deedsOfWhole = ({ distribution, uploadable, ended }: DistributionModel, reader: Reader): Html =>
  html`${
    ended === undefined &&
    html`<div class="deeds">${deedButton(reader, 'subscription', { action: 'add', subscription: `:${distribution}` }, 'Mail me about it')}${
      uploadable &&
      html`${reader.may('portext') && html` <a href="${commandUrl('portext', { to_distributions: distribution })}">Port a package from elsewhere …</a>`}${reader.may('keyringpackages') && html` <a href="${commandUrl('keyringpackages', { distributions: distribution })}">Keyring package …</a>`}`
    }</div>`
  }`;

const suiteOf = (distribution: string): string => distribution.split('-')[2] ?? distribution;
