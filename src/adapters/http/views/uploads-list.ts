import { type Html, html } from './html.ts';
import type { ListedUpload, UploadState } from './list-models.ts';
import { badge, clipped, type Look, noteOf, packageLink, row, table, time, version } from './parts.ts';

/** Uploads, one a row. */
export const uploadsTable = (uploads: readonly ListedUpload[]): Html =>
  table(['State', 'Package', 'Distribution', 'Received (UTC)', 'Note'], uploads.map(line), true);

/** What cannot be read is no package yet: it has the name of its `.changes`. */
const line = (upload: ListedUpload) =>
  row(
    html`<a href="/mini_buildd/uploads/${upload.upload}">${badge(upload.state, looks[upload.state])}</a>`,
    upload.source === null
      ? html`<b class="path">${upload.changes ?? ''}</b>`
      : html`${packageLink(upload.source)} ${version(clipped(upload.version ?? '', 60))}`,
    html`<span class="whole">${clipped(upload.distribution ?? '', 100)}</span>`,
    upload.receivedAt !== null && time(upload.receivedAt),
    noteOf(upload.note),
  );

const looks = {
  received: 'busy',
  accepted: 'busy',
  rejected: 'bad',
  failed: 'bad',
  installed: 'busy',
  published: 'good',
} as const satisfies Record<UploadState, Look>;
