import type { Refusal } from '../../../../domain/refusal.ts';
import { liveUrl } from '../../rendered-parts.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { liveState } from '../live-state.ts';
import { badge, row, table } from '../parts.ts';
import { refusals } from '../refused.ts';
import { declared } from './asked-by.ts';
import { framed, objectLink, objectUrl, placeUrl, standing } from './frame.ts';
import { printedLines } from './printed-lines.ts';
import type { FirstSteps } from './welcome-model.ts';
import { steps } from './welcome-page.ts';

/** What is refreshed while one looks. */
export type StepParts = Readonly<Record<'whole' | 'key' | 'sources' | 'chroots' | 'published', Html>>;

/** How a repository comes to be, and how it is used. `typed` is a key that was refused. */
export const firstStepsPage = (
  instance: Instance,
  model: FirstSteps,
  token: Html | undefined,
  typed: { readonly key: string; readonly faults: readonly Refusal[] } = { key: '', faults: [] },
): string => {
  const parts = stepParts(model);
  return framed(instance, {
    title: `Repository ${model.repository}`,
    at: 'welcome',
    place: `welcome/progress?repository=${model.repository}`,
    asked: declared('repositories', model.repository),
    live: liveUrl(`${placeUrl('welcome/live')}?repository=${model.repository}`, parts),
    body: html`${steps(3)}
${liveState}
<section class="card" id="whole" aria-live="polite">${parts.whole}</section>
<div class="columns"><section class="card" id="key">${parts.key}</section>
<section class="card" id="published">${parts.published}</section></div>
<section class="card" id="sources">${parts.sources}</section>
<section class="card" id="chroots">${parts.chroots}</section>
${uploading(model, token, typed)}
${using(model)}`,
  });
};

export const stepParts = (model: FirstSteps): StepParts => ({
  whole: whole(model),
  key: html`<h2>Archive key</h2><p>${
    model.fingerprint === undefined
      ? html`${badge('not there', 'busy')} it is made at set-up`
      : html`${badge('there', 'good')} <code>${model.fingerprint}</code>`
  }</p>`,
  published: html`<h2>For apt</h2><p>${standing(model.standing)}</p>`,
  sources: html`<h2>Sources</h2>${table(
    ['Source', 'State and reason'],
    model.sources.map((each) => row(objectLink('sources', each.name), standing(each.standing))),
  )}`,
  chroots: html`<h2>Chroots</h2>${
    model.chroots.length === 0
      ? html`<p>${badge('none', 'bad')} Nothing can be built without one. <a href="${placeUrl('add/chroots')}">Add one</a></p>`
      : model.chroots.map(
          ({ name, standing: stands, lines }) =>
            html`<p><b>${objectLink('chroots', name)}</b> ${standing(stands)}</p>${
              lines !== undefined &&
              html`${printedLines(lines)}<p class="small"><a href="${objectUrl('chroots', name, 'log')}">All of it</a></p>`
            }`,
        )
  }`,
});

const whole = (model: FirstSteps): Html => {
  const { isReady, uploadTo } = model;
  if (isReady && mayNobodyUpload(model))
    return html`<p>${badge('one thing is left', 'warn')} Everything is there, but nobody may upload to <b>${uploadTo}</b> yet: <a href="#upload">give your key</a>.</p>`;
  if (isReady) return html`<p>${badge('ready', 'good')} Everything is there: upload to <b>${uploadTo}</b>.</p>`;
  return html`<p>${badge('under way', 'busy')} What is not ready yet says why. ${
    mayNobodyUpload(model)
      ? html`Meanwhile <a href="#upload">give your key</a>: nobody may upload yet.`
      : 'You may upload already: builds wait for their chroot.'
  }</p>`;
};

const mayNobodyUpload = ({ allowsUnauthenticated, keyrings, uploaders }: FirstSteps): boolean =>
  !allowsUnauthenticated && uploaders + keyrings.length === 0;

const uploading = (
  model: FirstSteps,
  token: Html | undefined,
  { key, faults }: { readonly key: string; readonly faults: readonly Refusal[] },
): Html => {
  const { repository, dput, target, uploadTo, allowsUnauthenticated, keyrings, uploaders } = model;
  return html`<section class="card" id="upload"><h2>Upload</h2>
<p>In <code>~/.dput.cf</code>:</p><pre class="answer" id="dput" tabindex="0" data-copy>${dput}</pre>
<p>Then, with <b>${uploadTo}</b> as distribution in <code>debian/changelog</code>: <code>dput ${target} PACKAGE.changes</code></p>
<p>${
    allowsUnauthenticated
      ? html`${badge('anybody', 'warn')} may upload, signed or not.`
      : mayNobodyUpload(model)
        ? html`${badge('nobody', 'warn')} may upload yet: give your key, or approve <a href="/mini_buildd/administration/uploaders">what others handed in</a>.`
        : html`${badge('signed', 'good')} uploads are taken from ${uploaders} ${uploaders === 1 ? 'person' : 'people'}${keyrings.length > 0 && html` and from the keys in ${keyrings.join(', ')}`}.`
  }</p>
${refusals(faults)}
<form method="post" class="document" action="${placeUrl('welcome/key')}" data-draft="key">${token}<input type="hidden" name="_repository" value="${repository}">
<p><label for="own-key">Your own public key (<code>gpg --armor --export FINGERPRINT</code>), to upload with</label></p>
<textarea id="own-key" name="key" rows="4" cols="70" required spellcheck="false" placeholder="-----BEGIN PGP PUBLIC KEY BLOCK-----">
${key}</textarea>
<p><button class="second">Look at what lets me upload with it</button></p></form></section>`;
};

const using = ({ suites }: FirstSteps): Html => html`<section class="card" id="apt"><h2>Install from it</h2>
<p>The key of the archive goes into the file that is named after <code>Signed-By</code>: <a href="/mini_buildd/api/getkey?output=plain">archive key</a>.</p>
${suites.map(({ distribution, oneLine, deb822 }) => html`<details><summary>${distribution}</summary><pre class="answer" tabindex="0" data-apt="${distribution}" data-copy>${deb822}</pre><p class="small">or on one line:</p><pre class="answer" tabindex="0" data-copy>${oneLine}</pre></details>`)}</section>`;
