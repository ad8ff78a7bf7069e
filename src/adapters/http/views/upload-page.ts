import { uploadFlow } from './charts/upload-flow.ts';
import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import { badge, logsUrl, packageLink, version } from './parts.ts';
import { sameAs } from './same-as.ts';
import { timeline } from './timeline.ts';
import type { UploadModel } from './upload-model.ts';

/** One upload: its way as a picture, and everything that happened on it. */
export const uploadPage = (instance: Instance, model: UploadModel): string => {
  const { upload, source, version: text, repository, happenings, moreHappenings } = model;
  return page({
    title: `Upload of ${source ?? upload} – ${instance.name}`,
    instance,
    sought: source ?? '',
    body: html`<h1>Upload of ${source === undefined ? upload : packageLink(source)} ${text !== undefined && (repository === undefined ? version(text) : html`<a href="${logsUrl(repository, source ?? '', text)}">${version(text)}</a>`)}</h1>
<section class="card" aria-labelledby="way"><h2 id="way">Its way</h2>
${model.result === 'released' && html`<p>${badge('not installed', 'bad')} it came to nothing</p>`}${uploadFlow(model)}</section>
<section class="card" aria-labelledby="story"><h2 id="story">What happened</h2>
${timeline(happenings)}
${moreHappenings > 0 && html`<p class="quiet"><a href="/mini_buildd/history?correlation=${upload}">${moreHappenings} earlier events</a></p>`}
${sameAs(instance, `/mini_buildd/uploads/${upload}`, { command: 'why', given: { builds: upload }, positional: ['builds'] })}</section>`,
  });
};
