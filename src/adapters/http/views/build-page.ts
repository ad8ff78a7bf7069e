import type { BuildId } from '../../../domain/ids.ts';
import type { LogWindow } from '../logs/log-window.ts';
import { liveUrl } from '../rendered-parts.ts';
import { attemptHeads, attemptOf } from './attempts.ts';
import { buildDeeds } from './build-deeds.ts';
import { logView } from './build-log.ts';
import type { BuildArtifact, BuildCheck, BuildModel } from './build-model.ts';
import { buildStages, checkLook } from './build-stages.ts';
import { buildLook } from './build-state.ts';
import type { Reader } from './deed-button.ts';
import { type Content, type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { compared } from './package-checks.ts';
import { page } from './page.ts';
import {
  badge,
  buildUrl,
  clipped,
  distributionUrl,
  empty,
  logsUrl,
  packageLink,
  type Row,
  row,
  table,
  time,
  version,
} from './parts.ts';
import { sameAs } from './same-as.ts';
import { timeline } from './timeline.ts';

/** A part of its log, and where it first went wrong. */
export type LogShown = LogWindow & { readonly firstError?: { readonly line: number; readonly says: string } };

/** One build: where it stands, every attempt at it, what was checked and what was made. It stays true while the build goes on. */
export const buildPage = (instance: Instance, model: BuildModel, log: LogShown | undefined, reader: Reader): string => {
  const { build, source, version: text, architecture } = model;
  const parts = buildParts(model, reader);
  const { state, stages, ...others } = parts;
  const rest = { stages, log: logPart(model, log), ...others };
  return page({
    title: `${source} ${text} on ${architecture} – ${instance.name}`,
    instance,
    sought: source,
    ...(goesOn(model)
      ? { live: liveUrl(`${buildUrl(build)}/live${log === undefined ? '' : '?log=shown'}`, parts) }
      : {}),
    ...(log === undefined ? {} : { script: 'log-viewer.js' }),
    body: html`<h1>${packageLink(source)} <a href="${storyUrl(model)}">${version(model.rebuild?.as ?? text)}</a> on ${architecture}</h1>
${goesOn(model) && liveState}
<section class="card" aria-label="State"><div id="state">${state}</div>
${sameAs(instance, buildUrl(build), { command: 'why', given: { builds: build }, positional: ['builds'] })}</section>
${Object.entries(rest).map(
  ([name, content]) => html`<section class="card" id="${name}">${content}</section>
`,
)}`,
  });
};

/** Whether something is still to happen to it by itself. */
const goesOn = ({ state, stages, checks }: BuildModel): boolean =>
  isOpen.has(state) ||
  stages.some((line) => line.state === 'goes on') ||
  checks.some(({ endedAt }) => endedAt === undefined);

const isOpen: ReadonlySet<BuildModel['state']> = new Set(['needs-build', 'building', 'dep-wait']);

/** What reads otherwise as the build goes on, by the id of its place. An empty part takes no room. */
export const buildParts = (
  model: BuildModel,
  reader: Reader,
): Readonly<Record<'state' | 'stages' | 'attempts' | 'checks' | 'made' | 'happened', Html>> => {
  const { attempts, checks, artifacts, moreArtifacts } = model;
  return {
    state: html`${state(model)}${buildDeeds(model, reader)}`,
    stages: part('Where time went', buildStages(model)),
    attempts: part(
      'Attempts',
      attempts.length === 0 ? empty('None yet.') : table(attemptHeads, attempts.map(attemptOf)),
    ),
    checks: checks.length === 0 ? nothing : part('Checks', table(checkHeads, checks.map(check))),
    made:
      artifacts.length === 0
        ? nothing
        : part(
            'What it made',
            html`${table(
              ['File', 'Bytes', 'SHA-256'],
              artifacts.map((each) => artifact(each, model)),
            )}${moreArtifacts > 0 && html`<p><a href="${logsUrl(model.repository, model.source, model.version)}">and ${moreArtifacts} more</a></p>`}`,
          ),
    happened: part('What happened', timeline(model.happenings)),
  };
};

const nothing = html``;

const checkHeads = ['Tool', 'State', 'Found', 'Against before', 'Files'];

const logPart = ({ build, attempts }: BuildModel, log: LogShown | undefined): Html => {
  if (log !== undefined)
    return part(
      'Log',
      html`${log.firstError && firstError(log.firstError)}${logView(build, log, log.firstError?.line)}`,
    );
  return attempts.length === 0 ? nothing : part('Log', logLink(build));
};

/** Takes the place of the log where there was none when the page was loaded; with a script the page is loaded anew then. */
export const logHasCome = (build: BuildId): Html =>
  part('Log', html`<p data-look-again><a href="${buildUrl(build)}">Follow the log</a></p>`);

const firstError = ({ line, says }: NonNullable<LogShown['firstError']>): Html =>
  html`<p class="first-error">First error, in <a href="#L${line}">line ${line}</a>: <code>${clipped(says.trim())}</code></p>
`;

/** Of a log that cannot be shown here, as it is. */
const logLink = (build: BuildId): Html => html`<p><a href="${buildUrl(build)}/log">Log of the last attempt</a></p>`;

const part = (title: string, content: Content): Html => html`<h2>${title}</h2>
${content}`;

const state = ({
  state,
  since,
  waits,
  upload,
  rebuild,
  repository,
  distribution,
  archAll,
  priority,
  attempts,
}: BuildModel): Html => html`<p><span aria-live="polite" aria-atomic="true">${badge(state, buildLook[state])} ${state === 'failed' && why(attempts)}</span>${since !== undefined && html`since ${time(since)} UTC`} for <a href="${distributionUrl(repository, distribution)}">${distribution}</a>${archAll && ', with the arch-indep packages'}${priority !== 0 && `, priority ${priority}`} · ${rebuild === undefined ? html`<a href="/mini_buildd/uploads/${upload}">the way of its upload</a>` : html`binNMU: ${rebuild.reason} · <a href="${storyUrl({ upload, rebuild })}">how far it is</a>`}</p>
${waits !== undefined && html`<p class="notice">${clipped(waits)}</p>`}
`;

/** Of a build that failed, in the words of its last attempt. */
const why = (attempts: BuildModel['attempts']): Html | false => {
  const fact = attempts.at(-1)?.ended?.fact;
  return fact !== undefined && html`<strong class="fact">${clipped(fact)}</strong> `;
};

const check = ({ tool, state, says, findings, moreFindings, log, report, ...differs }: BuildCheck): Row =>
  row(
    tool,
    badge(state, checkLook[state]),
    html`${says !== undefined && clipped(says)}${
      findings.length > 0 &&
      html`<details><summary>${findings.length + moreFindings} kinds of findings</summary><ul>${findings.map((each) => html`<li>${clipped(each, 150)}</li>`)}</ul>${moreFindings > 0 && html`<p class="quiet">and ${moreFindings} more in the report</p>`}</details>`
    }`,
    isCompared.has(state) && compared(differs),
    html`${log !== undefined && html`<a href="${log}">log</a> `}${report !== undefined && html`<a href="${report}">report</a>`}`,
  );

const isCompared: ReadonlySet<BuildCheck['state']> = new Set(['passed', 'failed']);

/** Packages where apt finds them, or, as long as it does not, by their build. */
const artifact = ({ name, size, sha256, isKept, path }: BuildArtifact, model: BuildModel): Row => {
  const { build, source, version: text, architecture, repository } = model;
  const kept = `${logsUrl(repository, source, text)}${architecture}/${encodeURIComponent(name)}`;
  const url = isKept ? kept : (path ?? `${buildUrl(build)}/files/${encodeURIComponent(name)}`);
  return row(html`<a href="${url}">${name}</a>`, size, html`<code>${sha256}</code>`);
};

/** Where all that it is part of is told. */
const storyUrl = ({ upload, rebuild }: Pick<BuildModel, 'upload' | 'rebuild'>): string =>
  rebuild === undefined ? `/mini_buildd/uploads/${upload}` : `/mini_buildd/progress?stream=binnmu-${rebuild.binNmu}`;
