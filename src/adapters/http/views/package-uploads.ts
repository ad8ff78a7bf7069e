import { buildResult } from './build-result.ts';
import { buildLook } from './build-state.ts';
import { deedButton, type Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { PackageUpload } from './package-model.ts';
import { badge, buildUrl, clipped, logsUrl, type Row, row, table, time, version } from './parts.ts';
import { isUnderWay, progressLook } from './upload-progress.ts';

/**
 * The last uploads of a package by architecture, with what may still be done about them. Of those in view all is told that builds and checks came
 * to, as far as there is `room` (characters of markup): from where that ends only of what is not well, and of the rest in short.
 */
export const packageUploads = (
  source: string,
  uploads: readonly PackageUpload[],
  reader: Reader,
  room: number,
): Html => {
  let left = room;
  const whole = (builds: readonly Built[]): Html | undefined => {
    const told = html`${builds.map(buildResult)}`;
    const { length } = told.toString();
    if (length > left) return undefined;
    left -= length;
    return told;
  };
  const results = ({ builds }: PackageUpload, isInView: boolean): Html => {
    if (!isInView) return html`${builds.map(inShort)}`;
    return whole(builds) ?? html`${builds.map((each) => (isWell(each) ? undefined : whole([each])) ?? inShort(each))}`;
  };
  const rows = (some: readonly PackageUpload[], isInView: boolean): Html =>
    table(
      ['State', 'Version', 'Distribution', 'Architectures', 'At (UTC)', 'Note'],
      some.map((upload) => uploadRow(source, upload, reader, results(upload, isInView), isInView)),
      true,
    );
  const rest = uploads.slice(mostInView);
  return html`${rows(uploads.slice(0, mostInView), true)}${rest.length > 0 && html`<details><summary>${rest.length} before these</summary>${rows(rest, false)}</details>`}`;
};

/** Those before are folded away, and their own pages tell the rest. */
const mostInView = 3;

type Built = PackageUpload['builds'][number];

/** Nothing that anybody would look for. */
const isWell = ({ state, checks }: Built): boolean =>
  state === 'built' && checks.every((check) => check.state === 'passed' || check.state === 'skipped');

const inShort = ({ build, architecture, state, note }: Built): Html =>
  html`<a href="${buildUrl(build)}">${architecture}</a> ${badge(state, buildLook[state], note)} `;

const uploadRow = (source: string, upload: PackageUpload, reader: Reader, results: Html, isInView: boolean): Row =>
  row(
    html`<a href="/mini_buildd/uploads/${upload.upload}">${badge(upload.state, progressLook[upload.state])}</a>`,
    html`<a href="/mini_buildd/uploads/${upload.upload}">${version(upload.version)}</a>${isInView && filesOf(source, upload)}`,
    upload.distribution,
    results,
    time(upload.at),
    html`${upload.note !== undefined && clipped(upload.note, 150)} ${deeds(source, upload, reader)}`,
  );

/** Its `.changes` as it came, where that is kept, and everything it brought. */
const filesOf = (source: string, { upload, repository, version: text, changes }: PackageUpload): Html =>
  html`${repository !== undefined && changes !== undefined && html` <a class="small" href="${logsUrl(repository, source, text)}source/${encodeURIComponent(changes)}">changes</a>`} <a class="small" href="/mini_buildd/uploads/${upload}#files">files</a>`;

const deeds = (
  source: string,
  { upload, version: text, state, canRetry, builds, repository }: PackageUpload,
  reader: Reader,
) => [
  (canRetry || builds.some((each) => each.state === 'dep-wait')) &&
    deedButton(reader, 'retry', { package: source, version: text, repository: repository ?? '' }, 'Retry'),
  isUnderWay(state) && repository !== undefined && deedButton(reader, 'cancel', { builds: upload }, 'Cancel'),
];
