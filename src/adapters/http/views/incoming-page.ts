import { liveUrl } from '../rendered-parts.ts';
import type { SentFile } from '../take-upload.ts';
import type { WorkModel } from './home-model.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import type { UploadState } from './list-models.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { badge, buildUrl, empty, packageLink, table, version } from './parts.ts';
import { refused, ruleLink } from './refused.ts';
import { sameAs, sameUpload } from './same-as.ts';
import { uploadLook } from './upload-state.ts';
import { worksUnderWay } from './works.ts';

/** What became of an upload. */
export type VerdictModel = {
  readonly upload: string;
  readonly changes: string;
  readonly source: string | undefined;
  readonly version: string | undefined;
  readonly distribution: string | undefined;
  readonly status: UploadState;
  readonly because: { readonly rule: string; readonly fact: string; readonly remedy: string } | undefined;
  readonly warnings: readonly string[];
  readonly builds: readonly { readonly build: string; readonly architecture: string; readonly status: string }[];
};

export const verdictUrl = (changes: string): string => `/mini_buildd/upload/verdict/${changes}`;

export const incomingPage = (instance: Instance, parts: IncomingPageParts): string =>
  page({
    title: `Upload – ${instance.name}`,
    instance,
    script: 'upload.js',
    live: liveUrl('/mini_buildd/upload/live', parts),
    body: html`<h1>Upload</h1>
<section class="card"><p>Choose a <code>.changes</code> and every file that it lists, signed with a key that may upload here (<a href="/mini_buildd/doc/uploading">how</a>). The same checks are made as for <code>dput</code>.</p>
${form}
${sameUpload(instance, '/mini_buildd/upload')}</section>
${liveState}
<section class="card" id="arriving" aria-label="Coming in now">${parts.arriving}</section>
<section class="card" id="packages" aria-label="Last packages">${parts.packages}</section>`,
  });

type IncomingPageParts = Readonly<Record<'arriving' | 'packages', Html>>;

/** What comes in by whichever door, and what became of what came. */
export const incomingParts = (works: readonly WorkModel[], packages: Html): IncomingPageParts => ({
  arriving: html`<h2>Coming in now</h2>${worksUnderWay(works) || empty('Nothing.')}`,
  packages,
});

const form = html`<form class="upload" method="post" enctype="multipart/form-data" action="/mini_buildd/upload" data-upload>
<p class="drop"><label for="files">Files</label> <input id="files" name="files" type="file" multiple required></p>
<ul class="chosen"></ul>
<p><progress max="1" value="0" hidden aria-label="Sent"></progress> <span class="sent"></span> <span role="status"></span></p>
<p><button>Upload</button> <button type="button" class="second" hidden>Stop</button></p>
</form>`;

/** What came in where there is no verdict to wait for, or several, or something was not taken. */
export const sentPage = (instance: Instance, sent: readonly SentFile[]): string =>
  page({
    title: `Upload – ${instance.name}`,
    instance,
    body: html`<h1>Upload</h1>
<section class="card">${table(
      ['State', 'File', ''],
      sent.map((file) =>
        'because' in file
          ? [
              badge('not taken', 'bad'),
              file.name,
              html`${file.because.fact} <span class="quiet">${file.because.remedy}</span> ${ruleLink(file.because.rule)}`,
            ]
          : [badge('received', 'good'), file.name, becomes(file)],
      ),
    )}
<p>What was received waits an hour for the rest of its upload. <a href="/mini_buildd/upload">Upload more</a></p>
${sameUpload(instance, '/mini_buildd/upload')}</section>`,
  });

type Taken = Extract<SentFile, { readonly sha256: string }>;

/** A `.changes` that was taken: there is a verdict to wait for. */
export const isChanges = (file: SentFile): file is Taken => 'sha256' in file && file.name.endsWith('.changes');

const becomes = (file: Taken): Html => {
  const { sha256 } = file;
  return isChanges(file) ? html`<a href="${verdictUrl(sha256)}">what becomes of it</a>` : html`<code>${sha256}</code>`;
};

export const verdictPage = (instance: Instance, changes: string, model: VerdictModel | undefined): string =>
  page({
    title: `${model?.changes ?? 'Upload'} – ${instance.name}`,
    instance,
    live: `${verdictUrl(changes)}/live`,
    body: html`<h1>${model?.changes ?? 'Upload'}</h1>
<section id="verdict" class="card" aria-live="polite">${verdict(model)}</section>
<p><a href="${verdictUrl(changes)}">Look again</a> · <a href="/mini_buildd/upload">Upload more</a></p>
${liveState}
${sameAs(instance, verdictUrl(changes), { command: 'uploads', given: { changes }, positional: [] })}`,
  });

/** The part that is refreshed. */
export const verdict = (model: VerdictModel | undefined): Html => {
  if (model === undefined) {
    return html`<p>${badge('no verdict', 'busy')} <strong>No upload with this <code>.changes</code> was judged lately.</strong> It waits for files that it lists, for an hour at most; or it came long ago, or never.</p>
<p class="quiet">While files are awaited, this page tells the verdict by itself. What came before is in the <a href="/mini_buildd/history?type=UploadReceived">history</a>; what never came can be <a href="/mini_buildd/upload">uploaded</a>.</p>`;
  }
  const { status, source, distribution, because, warnings, builds } = model;
  return html`<p>${badge(status, uploadLook[status])} ${says[status]} <a href="/mini_buildd/uploads/${model.upload}">More</a></p>
<p>${source !== undefined && packageLink(source)} ${model.version !== undefined && version(model.version)} ${distribution}</p>
${because !== undefined && refused(because)}
${warnings.map((warning) => html`<p class="quiet">${warning}</p>`)}
${
  builds.length > 0 &&
  table(
    ['Architecture', 'Build'],
    builds.map((each) => [each.architecture, html`<a href="${buildUrl(each.build)}">${each.status}</a>`]),
  )
}`;
};

const says: Readonly<Record<UploadState, string>> = {
  received: 'It is here, and is being judged.',
  accepted: 'It is accepted, and is being built.',
  rejected: 'It is rejected; nothing was changed.',
  failed: 'It was accepted, and is not installed.',
  installed: 'It is installed, and is being published.',
  published: 'apt sees it.',
};
