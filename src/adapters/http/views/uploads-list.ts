import { type Html, html } from './html.ts';
import type { ListedUpload } from './list-models.ts';
import { badge, clipped, noteOf, packageLink, row, table, time, version } from './parts.ts';
import { uploadLook } from './upload-state.ts';

/** Uploads, one a row. */
export const uploadsTable = (uploads: readonly ListedUpload[]): Html =>
  table(['State', 'Package', 'Distribution', 'Received (UTC)', 'Note'], uploads.map(line), true);

/** What cannot be read is no package yet: it has the name of its `.changes`. */
const line = (upload: ListedUpload) =>
  row(
    html`<a href="/mini_buildd/uploads/${upload.upload}">${badge(upload.state, uploadLook[upload.state])}</a>`,
    upload.source === null
      ? html`<b class="path">${upload.changes ?? ''}</b>`
      : html`${packageLink(upload.source)} ${version(clipped(upload.version ?? '', 60))}`,
    html`<span class="whole">${clipped(upload.distribution ?? '', 100)}</span>`,
    upload.receivedAt !== null && time(upload.receivedAt),
    noteOf(upload.note),
  );
