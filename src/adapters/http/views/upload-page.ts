import { liveUrl } from '../rendered-parts.ts';
import { uploadFlow } from './charts/upload-flow.ts';
import type { Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { clipped, packageLink, version } from './parts.ts';
import { refused } from './refused.ts';
import { sameAs } from './same-as.ts';
import { doerLink, timeline } from './timeline.ts';
import { uploadAttempts, uploadFiles } from './upload-files.ts';
import type { UploadModel } from './upload-model.ts';
import { uploadStanding } from './upload-standing.ts';

/** One upload: its way as a picture, what it brought, what was made of it, and everything that happened on it. `changes`: the text of its `.changes`. */
export const uploadPage = (
  instance: Instance,
  model: UploadModel,
  changes: string | undefined,
  reader: Reader,
): string => {
  const { upload, source, version: text } = model;
  const parts = uploadParts(model, changes, reader);
  return page({
    title: `Upload of ${source ?? upload} – ${instance.name}`,
    instance,
    sought: source ?? '',
    live: liveUrl(`/mini_buildd/uploads/${upload}/live`, parts),
    body: html`<h1>Upload of ${source === undefined ? upload : packageLink(source)} ${text !== undefined && version(text)}</h1>
${liveState}
<section class="card" aria-labelledby="way-of-it"><h2 id="way-of-it">Its way</h2>
<div id="way">${parts.way}</div></section>
<section class="card" aria-labelledby="attempts-of-it"><h2 id="attempts-of-it">Builds</h2>
<div id="attempts">${parts.attempts}</div></section>
<section class="card" aria-labelledby="files-of-it"><h2 id="files-of-it">Files</h2>
<div id="files">${parts.files}</div></section>
<section class="card" aria-labelledby="story-of-it"><h2 id="story-of-it">What happened</h2>
<div id="story">${parts.story}</div>
${sameAs(instance, `/mini_buildd/uploads/${upload}`, { command: 'why', given: { builds: upload }, positional: ['builds'] })}</section>`,
  });
};

/** Whose key it came with. */
const signed = (signer: UploadModel['signer']): Html => {
  if (signer.is === 'nobody') return html`Nobody who is known here signed it: ${clipped(signer.fact)}`;
  const { fingerprint, at, doer } = signer;
  const when = html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;
  if (fingerprint === undefined) return html`Signed ${when} with a key that is known here; whose it is, staff may see`;
  const key = html`<code>${fingerprint}</code>`;
  if (doer?.login === undefined) return html`Signed ${when} with the key ${key}`;
  return html`Signed ${when} by ${doerLink(doer, doer.login)}, with the key ${key}`;
};

/** What reads otherwise as it goes on, by the id of its place. */
export const uploadParts = (
  model: UploadModel,
  changes: string | undefined,
  reader: Reader,
): Readonly<Record<'way' | 'attempts' | 'files' | 'story', Html>> => ({
  way: html`${uploadStanding(model)}<p>${signed(model.signer)}</p>
${model.because !== undefined && refused(model.because)}${uploadFlow(model)}`,
  attempts: uploadAttempts(model, reader),
  files: uploadFiles(model, changes),
  story: html`${timeline(model.happenings)}
${model.moreHappenings > 0 && html`<p class="quiet"><a href="/mini_buildd/history?correlation=${model.upload}">${model.moreHappenings} earlier events</a></p>`}`,
});
