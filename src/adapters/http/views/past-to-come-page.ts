import type { WorkModel } from './home-model.ts';
import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { worksUnderWay } from './works.ts';

/** Stands where a past state will be as soon as the log was read for it; the browser asks again by itself. `path` is where it will be. */
export const pastToComePage = (
  instance: Instance,
  repository: string,
  path: string,
  works: readonly WorkModel[],
): string =>
  page({
    title: `${repository} as it was – ${instance.name}`,
    instance,
    live: `/mini_buildd/repositories/${repository}/live`,
    body: html`<section class="card"><h1>${repository} as it was</h1>
<p role="status">The log is read up to that time. What was there is shown here as soon as it is known; once read, it is shown at once.</p>
${liveState}
<div id="works">${worksUnderWay(works)}</div>
<p class="small"><a href="${path}">Look again</a></p></section>`,
  });
