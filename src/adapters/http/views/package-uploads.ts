import { buildLook } from './build-state.ts';
import { deedButton, type Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { PackageUpload } from './package-model.ts';
import { badge, buildUrl, clipped, type Row, row, table, time, version } from './parts.ts';
import { isUnderWay, progressLook } from './upload-progress.ts';

/** The last uploads of a package by architecture, with what may still be done about them. */
export const packageUploads = (source: string, uploads: readonly PackageUpload[], reader: Reader): Html => {
  const rows = (some: readonly PackageUpload[]): Html =>
    table(
      ['State', 'Version', 'Distribution', 'Architectures', 'At (UTC)', 'Note'],
      some.map((upload) => uploadRow(source, upload, reader)),
      true,
    );
  const rest = uploads.slice(mostInView);
  return html`${rows(uploads.slice(0, mostInView))}${rest.length > 0 && html`<details><summary>${rest.length} before these</summary>${rows(rest)}</details>`}`;
};

/** Those before are folded away. */
const mostInView = 3;

const uploadRow = (source: string, upload: PackageUpload, reader: Reader): Row =>
  row(
    html`<a href="/mini_buildd/uploads/${upload.upload}">${badge(upload.state, progressLook[upload.state])}</a>`,
    html`<a href="/mini_buildd/uploads/${upload.upload}">${version(upload.version)}</a>`,
    upload.distribution,
    upload.builds.map(
      ({ build, architecture, state, note }) =>
        html`<a href="${buildUrl(build)}">${architecture}</a> ${badge(state, buildLook[state], note)} `,
    ),
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
