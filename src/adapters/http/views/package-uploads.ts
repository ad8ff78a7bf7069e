import { buildResult } from './build-result.ts';
import { buildLook } from './build-state.ts';
import { deedButton, type Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { PackageUpload } from './package-model.ts';
import { badge, buildUrl, clipped, type Row, row, table, time, version } from './parts.ts';
import { isUnderWay, progressLook } from './upload-progress.ts';

/** The last uploads of a package by architecture, with what may still be done about them. */
export const packageUploads = (source: string, uploads: readonly PackageUpload[], reader: Reader): Html => {
  let room = roomForResults;
  const results = ({ builds }: PackageUpload, isInView: boolean): Html => {
    const whole = html`${builds.map(buildResult)}`;
    room -= whole.toString().length;
    return isInView && room >= 0 ? whole : html`${builds.map(inShort)}`;
  };
  const rows = (some: readonly PackageUpload[], isInView: boolean): Html =>
    table(
      ['State', 'Version', 'Distribution', 'Architectures', 'At (UTC)', 'Note'],
      some.map((upload) => uploadRow(source, upload, reader, results(upload, isInView))),
      true,
    );
  const rest = uploads.slice(mostInView);
  return html`${rows(uploads.slice(0, mostInView), true)}${rest.length > 0 && html`<details><summary>${rest.length} before these</summary>${rows(rest, false)}</details>`}`;
};

/** Characters of markup for what builds and checks came to: those that came first are told in short, and their own pages tell the rest. */
const roomForResults = 1200;

/** Those before are folded away. */
const mostInView = 3;

const inShort = ({ build, architecture, state, note }: PackageUpload['builds'][number]): Html =>
  html`<a href="${buildUrl(build)}">${architecture}</a> ${badge(state, buildLook[state], note)} `;

const uploadRow = (source: string, upload: PackageUpload, reader: Reader, results: Html): Row =>
  row(
    html`<a href="/mini_buildd/uploads/${upload.upload}">${badge(upload.state, progressLook[upload.state])}</a>`,
    html`<a href="/mini_buildd/uploads/${upload.upload}">${version(upload.version)}</a>`,
    upload.distribution,
    results,
    time(upload.at),
    html`${upload.note !== undefined && clipped(upload.note, 150)} ${deeds(source, upload, reader)}`,
  );

const deeds = (
  source: string,
  { upload, version: text, state, canRetry, builds, repository }: PackageUpload,
  reader: Reader,
) => [
  (canRetry || builds.some((each) => each.state === 'dep-wait')) &&
    deedButton(reader, 'retry', { package: source, version: text, repository: repository ?? '' }, 'Retry'),
  isUnderWay(state) && repository !== undefined && deedButton(reader, 'cancel', { builds: upload }, 'Cancel'),
];
