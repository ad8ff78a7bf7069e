import type { Field, Shape } from '../../../../domain/form/shape.ts';
import { rowsAt, type Typed } from '../../../../domain/form/typed.ts';
import { type Content, type Html, html } from '../html.ts';
import { fieldName } from './field-names.ts';
import { aboutField } from './field-notes.ts';
import type { FormModel } from './models.ts';

/** Every field of an object, with what was typed and what is wrong with it. */
export const formFields = (model: Filled & Pick<FormModel, 'fields' | 'faults'>): Html =>
  html`${model.fields.map((field) => topField(field, model))}`;

type Filled = Pick<FormModel, 'section' | 'typed' | 'known' | 'opened'>;

/** The faults of a field stand below it, in a place that a script fills too. */
const topField = ({ name, shape }: Field, model: Filled & Pick<FormModel, 'faults'>): Html => {
  const wrong = model.faults.filter(({ field }) => field === name);
  const note = aboutField(model.section, name);
  const fault = html`<span class="fault" id="${name}-fault" data-fault="${name}" aria-live="polite">${wrong.map(({ because: { fact, remedy } }) => html`${fact}: ${remedy} `)}</span>`;
  if (shape.kind === 'group' || shape.kind === 'rows') {
    return html`<fieldset><legend>${called(name, model)}</legend>${note !== undefined && html`<p class="quiet small">${note}</p>`}${within(shape, name, model, wrong.length > 0)}${fault}</fieldset>
`;
  }
  return labelled(name, shape, model, html`<span class="quiet small" id="${name}-about">${note}</span>${fault}`);
};

const labelled = (path: string, shape: Shape, filled: Filled, after: Content): Html => {
  const label = called(path, filled);
  const isMany = shape.kind === 'words' && known(path, filled) !== undefined;
  const input = inputFor(path, shape, filled);
  return isMany
    ? html`<div class="field" role="group" aria-label="${words(path, filled)}"><span>${label}</span><span>${input}</span><span>${after}</span></div>
`
    : html`<p class="field"><label for="${path}">${label}</label>${input}<span>${after}</span></p>
`;
};

const within = (shape: Shape, path: string, filled: Filled, isOpen: boolean): Html => {
  switch (shape.kind) {
    case 'group':
      return html`${shape.fields.map((field) => inner(field, path, filled))}`;
    case 'rows':
      return rows(shape.fields, path, filled, isOpen);
    default:
      return inputFor(path, shape, filled);
  }
};

const inner = ({ name, shape }: Field, path: string, filled: Filled): Html => {
  const at = `${path}.${name}`;
  if (shape.kind === 'group' || shape.kind === 'rows')
    return html`<fieldset><legend>${called(at, filled)}</legend>${within(shape, at, filled, false)}</fieldset>`;
  const note = aboutField(filled.section, withoutRows(at));
  return labelled(at, shape, filled, note !== undefined && html`<span class="quiet small">${note}</span>`);
};

/** Rows that a form offers beyond those that are filled in. */
const spare = 2;

/** So many rows have all their fields on one page; of more only the one that is opened, and the others go along as they are. */
const mostRows = 7;

const rows = (fields: readonly Field[], path: string, filled: Filled, isOpen: boolean): Html => {
  const there = rowsAt(path, filled.typed).filter((row) => isSaid(`${path}.${row}.${fields[0]?.name}`, filled.typed));
  const beyond = Math.max(-1, ...there) + 1;
  const free = Array.from({ length: spare }, (_, index) => beyond + index);
  if (isFlat(fields)) return flatRows(fields, path, [...there, ...free], filled);
  const isHeld = (row: number): boolean =>
    there.length > mostRows && there.includes(row) && `${path}.${row}` !== filled.opened;
  return html`${[...there, ...free].map((row) =>
    isHeld(row)
      ? heldRow(fields, `${path}.${row}`, filled)
      : foldedRow(
          fields,
          `${path}.${row}`,
          there.includes(row) && (isOpen || `${path}.${row}` === filled.opened),
          filled,
        ),
  )}`;
};

const nameOf = (fields: readonly Field[], path: string, { typed }: Filled): string =>
  (typed[`${path}.${fields[0]?.name}`]?.at(-1) ?? '').trim();

/** All that is said of it, without a place to change it in. */
const heldRow = (fields: readonly Field[], path: string, filled: Filled): Html => {
  const said = Object.entries(filled.typed).filter(([name]) => name.startsWith(`${path}.`));
  const name = nameOf(fields, path, filled);
  return html`<p class="row" id="${path}">${name} <button name="_open" value="${path}" formaction="#${path}" formnovalidate class="second" aria-label="Change ${name}">Change</button>${said.flatMap(([field, values]) => values.map((value) => hidden(field, value)))}</p>
`;
};

/** A line break is kept in a text of lines alone. */
const hidden = (name: string, value: string): Html =>
  value.includes('\n')
    ? html`<textarea name="${name}" hidden>
${value}</textarea>`
    : html`<input type="hidden" name="${name}" value="${value}">`;

const isSaid = (path: string, typed: Typed): boolean => (typed[path]?.at(-1) ?? '').trim() !== '';

const isFlat = (fields: readonly Field[]): boolean =>
  fields.length <= 4 && fields.every(({ shape }) => shape.kind !== 'group' && shape.kind !== 'rows');

const flatRows = (fields: readonly Field[], path: string, at: readonly number[], filled: Filled): Html =>
  html`<div class="wide"><table><thead><tr>${fields.map(({ name }) => html`<th scope="col">${called(`${path}.${name}`, filled)}</th>`)}</tr></thead><tbody>
${at.map(
  (
    row,
  ) => html`<tr>${fields.map(({ name, shape }) => html`<td data-head="${words(`${path}.${name}`, filled)}">${inputFor(`${path}.${row}.${name}`, shape, filled, `${words(`${path}.${name}`, filled)} of row ${row + 1}`)}</td>`)}</tr>
`,
)}</tbody></table></div>`;

const foldedRow = (fields: readonly Field[], path: string, isOpen: boolean, filled: Filled): Html => {
  const name = nameOf(fields, path, filled);
  return html`<details class="row"${path === filled.opened && html` id="${path}"`}${isOpen && html` open`}><summary>${name === '' ? 'one more' : name}</summary>
${fields.map((field) => inner(field, path, filled))}</details>
`;
};

/** Words for people, and the name that documents have for it. */
const called = (path: string, filled: Filled): Html => {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const said = words(path, filled);
  return said === name ? html`${name}` : html`${said} <code class="quiet small">${name}</code>`;
};

const words = (path: string, { section }: Filled): string => fieldName(section, withoutRows(path)) ?? path;

const withoutRows = (path: string): string => path.replace(/\.\d+(?=\.)/g, '');

const known = (path: string, { known: words }: Filled): readonly string[] | undefined => words[withoutRows(path)];

/** `label` where no label stands beside it. */
const inputFor = (path: string, shape: Shape, filled: Filled, label?: string): Html => {
  const typed = filled.typed[path] ?? [];
  const common = html`id="${path}" name="${path}"${label !== undefined && html` aria-label="${label}"`}${!path.includes('.') && html` aria-describedby="${path}-about ${path}-fault"`}`;
  const names = known(path, filled);
  switch (shape.kind) {
    case 'flag':
      return html`<input type="checkbox" ${common} value="true"${typed.includes('true') && html` checked`}>`;
    case 'choice':
      return select(common, shape.words, typed.at(-1) ?? '', shape.optional);
    case 'number':
      return html`<input ${common} value="${typed.at(-1)}" inputmode="numeric" size="6" autocomplete="off">`;
    case 'words':
      return names === undefined ? lines(common, typed, shape) : boxes(path, names, typed);
    case 'pairs':
      return lines(common, typed, shape);
    default:
      return names === undefined
        ? word(path, common, typed.at(-1) ?? '')
        : select(common, names, typed.at(-1) ?? '', true);
  }
};

/** What nobody knows stays as it was typed. */
const select = (common: Html, words: readonly string[], chosen: string, withNothing: boolean): Html =>
  html`<select ${common}>${withNothing && html`<option value=""></option>`}${[...(chosen === '' || words.includes(chosen) ? [] : [chosen]), ...words].map((each) => html`<option${each === chosen && html` selected`}>${each}</option>`)}</select>`;

/** In the order in which they were said, which may mean something. */
const boxes = (path: string, words: readonly string[], typed: readonly string[]): Html =>
  html`${[...typed, ...words.filter((each) => !typed.includes(each))].map(
    (each) =>
      html`<label class="box"><input type="checkbox" name="${path}" value="${each}"${typed.includes(each) && html` checked`}> ${each}</label> `,
  )}${words.length + typed.length === 0 && html`<span class="quiet">none to choose from</span>`}`;

/** A line break after the tag is no part of the text. */
const lines = (common: Html, typed: readonly string[], shape: Shape): Html =>
  html`<textarea ${common} rows="${Math.min(12, Math.max(2, typed.length + 1))}" cols="40" spellcheck="false" autocapitalize="none"${shape.kind === 'pairs' && html` placeholder="NAME: VALUE"`}>
${typed.join('\n')}</textarea>`;

/** What may have many lines is given room for them. */
const word = (path: string, common: Html, typed: string): Html =>
  typed.includes('\n') || longTexts.has(withoutRows(path))
    ? html`<textarea ${common} rows="4" cols="40" spellcheck="false" autocapitalize="none">
${typed}</textarea>`
    : html`<input ${common} value="${typed}" autocomplete="off" autocapitalize="none" spellcheck="false">`;

const longTexts: ReadonlySet<string> = new Set(['keys', 'build.setupScript']);
