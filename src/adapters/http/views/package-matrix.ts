import { commandUrl } from './command-index-page.ts';
import { deedOf, type Reader, sharedForm } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { PackageMatrix, PackagePlace, Standing } from './package-model.ts';
import { age, badge, distributionUrl, few, type Row, row, table, time, version, versionUrl } from './parts.ts';

/** What is needed to draw the places of one source package. `now` in milliseconds. */
type Drawn = { readonly source: string; readonly repository: string; readonly reader: Reader; readonly now: number };

/** One row a codename, one column a suite, with what may be done with what stands there. */
export const packageMatrix = (
  { repository, isConfigured, places, former }: PackageMatrix,
  source: string,
  reader: Reader,
  now: number,
): Html => {
  const drawn = { source, repository, reader, now };
  const suites = [...new Set(places.map(({ suite }) => suite))];
  const codenames = [...new Set(places.map(({ codename }) => codename))];
  const cellOf = (codename: string, suite: string): Html | undefined => {
    const place = places.find((each) => each.codename === codename && each.suite === suite);
    return place && cell(place, drawn);
  };
  return html`<h3><a href="/mini_buildd/repositories/${repository}">${repository}</a></h3>${
    isConfigured
      ? table(
          ['Codename', ...suites],
          codenames.map((codename): Row => row(codename, ...suites.map((suite) => cellOf(codename, suite)))),
        )
      : html`<p>${badge('no more', 'idle')} The repository is configured no more, and holds nothing.</p>`
  }${former.length > 0 && stoodIn(repository, former)}${isConfigured && reader.may('binnmu') && html`<p><a class="small" href="${commandUrl('binnmu', { package: source })}">binNMU …</a></p>`}${['migrate', 'restore', 'remove'].some(reader.may) && sharedForm(reader, deedsIn(repository), { package: source })}${
    reader.may('port') &&
    places
      .filter(isBuiltHere)
      .map(({ distribution }) =>
        sharedForm(reader, rebuildIn(distribution), { package: source, from_distribution: distribution }),
      )
  }`;
};

const stoodIn = (repository: string, former: PackageMatrix['former']): Html =>
  html`<p class="quiet small">It stood in ${few(former, mostFormer, ({ distribution, ended }) => html`<span class="whole"><a href="${distributionUrl(repository, distribution)}">${distribution}</a> until ${time(ended)}</span>`)}: there no more.</p>`;

const mostFormer = 4;

const cell = (place: PackagePlace, drawn: Drawn): Html => {
  const { distribution, present, architectures } = place;
  return html`${
    present === undefined
      ? html`<span class="quiet held-not" title="${distribution} does not hold it">–</span>`
      : html`${standing(present, drawn)}${architectures.length > 0 && html` <span class="quiet small">${architectures.join(' ')}</span>`}`
  }${present !== undefined && way(place, drawn)}${place.byItself !== undefined && html` <span class="quiet small">${place.byItself}</span>`}${folded(place, drawn)}`;
};

/** Where it may go: a button for who may send it there. */
const way = ({ migratesTo, stays, distribution }: PackagePlace, { repository, reader }: Drawn): Html | false => {
  if (migratesTo === undefined) return false;
  const button = stays === undefined && deedAt(reader, repository, 'migrate', distribution, html`→ ${migratesTo}`);
  return html` ${button || html`<span class="quiet"${stays !== undefined && html` title="${stays}"`}>→ ${migratesTo}</span>`}`;
};

/** What stood there before, and what is done more seldom. */
const folded = (place: PackagePlace, drawn: Drawn): Html | false => {
  const { earlier, present, stays, migratesTo } = place;
  const deeds = present === undefined ? [] : seldom(place, drawn);
  if (earlier.length === 0 && deeds.length === 0) return false;
  const says = [...(earlier.length > 0 ? [`${earlier.length} earlier`] : []), ...(deeds.length > 0 ? ['more'] : [])];
  return html`<details><summary>${says.join(', ')}</summary>${
    earlier.length > 0 &&
    html`<ol class="rollbacks" start="0">${earlier.slice(0, mostEarlier).map((each, rollback) => html`<li>${standing({ ...each, dsc: undefined }, drawn)} ${each.version !== present?.version && deedAt(drawn.reader, drawn.repository, 'restore', rollbackOf(place, rollback), 'Restore')}</li>`)}</ol>${earlier.length > mostEarlier && older(place, drawn)}${drawn.reader.may('remove') && html`<a class="small" href="${commandUrl('remove', { package: drawn.source, distribution: rollbackOf(place, 0) })}">Remove a rollback …</a>`}`
  }${deeds.length > 0 && html`<p>${deeds.map((deed) => html`${deed} `)}</p>`}${stays !== undefined && migratesTo !== undefined && html`<p class="quiet small">${stays}</p>`}</details>`;
};

/** So many versions that stood in a place are shown there, the newest first. */
const mostEarlier = 3;

/** All that stood there, and the way back to those that are not shown. */
const older = (place: PackagePlace, { source, reader }: Drawn): Html =>
  html`<a class="small" href="/mini_buildd/api/show?package=${encodeURIComponent(source)}&#38;verbose=true&#38;output=plain">all ${place.earlier.length}</a> ${reader.may('restore') && html`<a class="small" href="${commandUrl('restore', { package: source, distribution: rollbackOf(place, mostEarlier) })}">Restore another …</a> `}`;

const rollbackOf = ({ distribution }: PackagePlace, rollback: number): string => `${distribution}-rollback${rollback}`;

const seldom = (place: PackagePlace, { source, repository, reader }: Drawn): readonly Html[] => {
  const { distribution } = place;
  const rebuild = { id: rebuildIn(distribution), command: 'port', name: 'to_distributions', value: distribution };
  return [
    deedAt(reader, repository, 'remove', distribution, 'Remove'),
    isBuiltHere(place) ? deedOf(reader, rebuild, 'Rebuild') : undefined,
    reader.may('port')
      ? html`<a href="${commandUrl('port', { package: source, from_distribution: distribution })}">Port …</a>`
      : undefined,
  ].filter((deed) => deed !== undefined);
};

const deedAt = (reader: Reader, repository: string, command: string, distribution: string, says: string | Html) =>
  deedOf(reader, { id: deedsIn(repository), command, name: 'distribution', value: distribution }, says);

const deedsIn = (repository: string): string => `deeds-${repository}`;
const rebuildIn = (distribution: string): string => `rebuild-${distribution}`;

const isBuiltHere = ({ present, isUploadable }: PackagePlace): boolean => present !== undefined && isUploadable;

/** Its logs and `.changes`, when it came, and its source package. */
const standing = ({ version: text, since, dsc }: Standing, { repository, source, now }: Drawn): Html =>
  html`<a href="${versionUrl(repository, source, text)}">${version(text)}</a>${since !== undefined && html` ${age(since, now)}`}${dsc !== undefined && html` <a class="small" href="${dsc}">dsc</a> <a class="small" href="${dsc.slice(0, dsc.lastIndexOf('/') + 1)}">debs</a>`}`;
