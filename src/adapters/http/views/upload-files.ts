import { attemptHeads, attemptOf } from './attempts.ts';
import { deedButton, type Reader, whyNoButtons } from './deed-button.ts';
import { type Html, html } from './html.ts';
import { buildUrl, empty, logsUrl, type Row, row, table } from './parts.ts';
import { mostOfChanges, type UploadAttempt, type UploadedFile, type UploadModel } from './upload-model.ts';

/** What the upload brought, with its `.changes` as it came. */
export const uploadFiles = (model: UploadModel, changes: string | undefined): Html =>
  html`${table(
    ['File', 'Bytes', 'SHA-256'],
    model.files.map((each) => fileRow(each, model)),
  )}${model.moreFiles > 0 && html`<p class="quiet">and ${model.moreFiles} more, named in the .dsc</p>`}${
    changes !== undefined &&
    html`<details open><summary>The .changes as it came</summary><pre class="answer tall" tabindex="0" aria-label="The .changes">${changes}</pre>${Buffer.byteLength(changes) >= mostOfChanges && html`<p><a href="${keptUrl(model, model.files[0]?.name ?? '')}">All of it</a></p>`}</details>`
  }${model.verdict === 'accepted' && html`<p class="quiet"><a href="${logsUrl(model.repository ?? '', model.source ?? '', model.version ?? '')}">All logs and records of this version</a></p>`}`;

const fileRow = ({ name, size, sha256, isKept, path }: UploadedFile, model: UploadModel): Row => {
  const url = isKept ? keptUrl(model, name) : path;
  return row(
    url === undefined ? html`<span class="path">${name}</span>` : html`<a href="${url}">${name}</a>`,
    size,
    html`<code>${sha256}</code>`,
  );
};

const keptUrl = ({ repository, source, version }: UploadModel, name: string): string =>
  `${logsUrl(repository ?? '', source ?? '', version ?? '')}source/${encodeURIComponent(name)}`;

/** What its builds came to, with the ways to their logs, and what may be done about it. */
export const uploadAttempts = (model: UploadModel, reader: Reader): Html =>
  html`${
    model.attempts.length === 0
      ? empty('None yet.')
      : table(['Architecture', ...attemptHeads, 'Log'], model.attempts.map(attemptRow))
  }${model.moreAttempts > 0 && html`<p class="quiet">and ${model.moreAttempts} before these, on the pages of the builds</p>`}${retry(model, reader)}`;

const attemptRow = (each: UploadAttempt): Row =>
  row(
    html`<a href="${buildUrl(each.build)}">${each.architecture}</a>`,
    ...attemptOf(each),
    hasLog(each) && logLink(each),
  );

/** Of one that was given back or cancelled none is kept, and a new attempt's log takes the place of the one before. */
const hasLog = ({ isLast, ended }: UploadAttempt): boolean =>
  isLast && ended?.word !== 'given back' && ended?.word !== 'cancelled';

const logLink = ({ build, architecture }: UploadAttempt): Html =>
  html`<a href="${buildUrl(build)}/log/lines" aria-label="Log of ${architecture}">log</a>`;

const retry = ({ canRetry, source, version, repository, upload }: UploadModel, reader: Reader): Html | false =>
  canRetry &&
  html`<div class="deeds">${deedButton(reader, 'retry', { package: source ?? '', version: version ?? '', repository: repository ?? '' }, 'Retry')}</div>
${whyNoButtons(reader, { retry: 'retry' }, `/mini_buildd/uploads/${upload}`)}`;
