import { bytes } from '../../../../domain/bytes-in-words.ts';
import { type Html, html } from '../html.ts';
import { badge, empty, packageLink, row, table, time, version, versionUrl } from '../parts.ts';

type Row = {
  readonly source: string;
  readonly version: string;
  readonly files: number;
  readonly bytes: number;
  readonly leftAt: string;
  readonly dueAt: string | null;
  readonly names: readonly string[];
};

/** What retention lets go of a repository, now and later. */
export type OutlookModel = { readonly due: readonly Row[]; readonly kept: readonly Row[] };

/** Rows of each list: the command has all of them. */
const mostShown = 100;

/** Old versions whose files go at the next look, and those that stay, each with what keeps it. */
export const outlook = (repository: string, { due, kept }: OutlookModel): Html => html`<h2>What is due</h2>
${
  due.length === 0
    ? empty('Nothing is due now.')
    : html`<p>${badge(`${due.length} due`, 'warn')} ${sizeOf(due)} go within the hour, but for what something else names.</p>${listed(repository, due, () => 'due now')}`
}
<h2>Old versions that stay for now</h2>
${kept.length === 0 ? empty('None.') : html`<p class="quiet">${kept.length}, ${sizeOf(kept)}</p>${listed(repository, kept, keptBy)}`}`;

const listed = (repository: string, rows: readonly Row[], says: (of: Row) => Html | string): Html =>
  html`${table(
    ['Source package', 'Version', 'Left', 'Files', 'Until'],
    rows
      .slice(0, mostShown)
      .map((each) =>
        row(
          packageLink(each.source),
          html`<a href="${versionUrl(repository, each.source, each.version)}">${version(each.version)}</a>`,
          time(each.leftAt as Parameters<typeof time>[0]),
          `${each.files}, ${bytes(each.bytes)}`,
          says(each),
        ),
      ),
  )}${rows.length > mostShown && html`<p class="quiet">and ${rows.length - mostShown} more</p>`}`;

const sizeOf = (rows: readonly Row[]): string => bytes(rows.reduce((sum, each) => sum + each.bytes, 0));

const keptBy = ({ dueAt, names }: Row): Html | string => {
  if (names.length > 0) return `while the past state is named ${names.join(', ')}`;
  return dueAt === null
    ? 'one of as many as are kept'
    : html`due ${time(dueAt as Parameters<typeof time>[0])}, or earlier by another policy`;
};
