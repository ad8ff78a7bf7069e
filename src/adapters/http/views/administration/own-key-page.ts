import type { Ending } from '../../../../ports/api.ts';
import { ending } from '../ending.ts';
import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { isStaleNow } from '../refused.ts';
import { curlLine, toolLine } from '../same-as.ts';
import { listedOne } from './asked-by.ts';
import { framed, placeUrl } from './frame.ts';
import { progressUrl, steps } from './welcome-page.ts';

/** What it comes to that an administrator uploads to a repository with a key of their own. */
export type OwnKeyPlan = {
  readonly login: string;
  readonly repository: string;
  readonly fingerprint: string;
  /** As it was typed. */
  readonly key: string;
  /** Else it was handed in before. */
  readonly isNew: boolean;
  readonly isApproved: boolean;
  readonly ends: Ending | undefined;
  /** What is still to be done for it. */
  readonly commands: readonly {
    readonly command: string;
    readonly given: Readonly<Record<string, string>>;
    /** Names the plan of it; `undefined` where another one has to be done before. */
    readonly sum: string | undefined;
  }[];
  /** Who agrees says this back. */
  readonly digest: string;
};

/** Nothing was done yet. */
export const ownKeyPage = (
  instance: Instance,
  plan: OwnKeyPlan,
  { isStale, token }: { readonly isStale: boolean; readonly token: Html | undefined },
): string => {
  const { repository, ends, commands } = plan;
  return framed(instance, {
    title: `Upload to repository ${repository}`,
    at: 'welcome',
    place: `welcome/progress?repository=${repository}`,
    asked: listedOne('uploader', 'login', plan.login),
    body: html`${steps(3)}
${isStale && isStaleNow}
<section class="card"><h2>What it would do</h2>
${commands.length === 0 ? html`<p>Nothing: it is so already.</p>` : html`<ol>${sentences(plan)}</ol>`}
${ends && ending(ends)}
${commands.length > 0 && agreement(plan, token)}
<p class="quiet"><a href="${progressUrl(repository)}#upload">Leave it</a></p></section>
${commands.length > 0 && elsewhere(instance, commands)}`,
  });
};

const sentences = ({ login, repository, fingerprint, isNew, isApproved }: OwnKeyPlan): Html =>
  html`${isNew && html`<li>The key <code>${fingerprint}</code> would be the one that ${login} signs uploads with.</li>`}${!isApproved && html`<li>${login} could upload to ${repository} with the key <code>${fingerprint}</code>, to all of its suites, and any package.</li>`}`;

const agreement = ({ repository, key, digest }: OwnKeyPlan, token: Html | undefined): Html =>
  html`<form method="post" action="${placeUrl('welcome/key')}">${token}<input type="hidden" name="_repository" value="${repository}"><input type="hidden" name="_agreed" value="${digest}">
<textarea name="key" hidden>
${key}</textarea>
<p class="deed"><button name="_step" value="apply">Do it</button> <button name="_step" value="change" class="second">Change it</button></p></form>`;

const elsewhere = ({ origin }: Instance, commands: OwnKeyPlan['commands']): Html => {
  const asked = commands.map(({ command, given }) => ({
    command,
    given,
    positional: command === 'uploader' ? ['action'] : ['key'],
    confirmed: command === 'setuserkey',
  }));
  return html`<details class="same"><summary>The same as commands</summary>
<dl>${asked.map((each) => html`<dt>Terminal</dt><dd><code data-copy>${toolLine(origin, each)}</code></dd><dt>JSON</dt><dd><code data-copy>${curlLine(origin, each)}</code></dd>`)}</dl></details>`;
};
