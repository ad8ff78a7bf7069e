import type { BuildId } from '../../../domain/ids.ts';
import type { LogWindow } from '../logs/log-window.ts';
import { logView } from './build-log.ts';
import type { BuildArtifact, BuildAttempt, BuildCheck, BuildModel } from './build-model.ts';
import { buildLook } from './build-state.ts';
import { type Content, type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';
import {
  badge,
  buildUrl,
  clipped,
  distributionUrl,
  empty,
  type Look,
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

/** One build: where it stands, every attempt at it, what was checked and what was made. It stays true while the build goes on. */
export const buildPage = (instance: Instance, model: BuildModel, log: LogWindow | undefined): string => {
  const { build, source, version: text, architecture, repository } = model;
  const { state, ...others } = buildParts(model);
  const rest = { log: logPart(model, log), ...others };
  return page({
    title: `${source} ${text} on ${architecture} – ${instance.name}`,
    instance,
    sought: source,
    ...(goesOn.has(model.state) ? { live: `${buildUrl(build)}/live${log === undefined ? '' : '?log=shown'}` } : {}),
    ...(log === undefined ? {} : { script: 'log-viewer.js' }),
    body: html`<h1>${packageLink(source)} <a href="${logsUrl(repository, source, text)}">${version(text)}</a> on ${architecture}</h1>
<section class="card" aria-label="State"><div id="state">${state}</div>
${sameAs(instance, buildUrl(build), { command: 'why', given: { builds: build }, positional: ['builds'] })}</section>
${Object.entries(rest).map(
  ([name, content]) => html`<section class="card" id="${name}">${content}</section>
`,
)}`,
  });
};

const goesOn: ReadonlySet<BuildModel['state']> = new Set(['needs-build', 'building', 'dep-wait']);

/** What reads otherwise as the build goes on, by the id of its place. An empty part takes no room. */
export const buildParts = (
  model: BuildModel,
): Readonly<Record<'state' | 'attempts' | 'checks' | 'made' | 'happened', Html>> => {
  const { source, version: text, architecture, repository, attempts, checks, artifacts, moreArtifacts } = model;
  const folder = `${logsUrl(repository, source, text)}${architecture}/`;
  return {
    state: state(model),
    attempts: part('Attempts', attempts.length === 0 ? empty('None yet.') : table(attemptHeads, attempts.map(attempt))),
    checks: checks.length === 0 ? nothing : part('Checks', table(['Tool', 'State', 'Found'], checks.map(check))),
    made:
      artifacts.length === 0
        ? nothing
        : part(
            'What it made',
            html`${table(
              ['File', 'Bytes', 'SHA-256'],
              artifacts.map((each) => artifact(each, folder)),
            )}${moreArtifacts > 0 && html`<p class="quiet">and ${moreArtifacts} more</p>`}`,
          ),
    happened: part('What happened', timeline(model.happenings)),
  };
};

const nothing = html``;

const attemptHeads = ['Attempt', 'Builder', 'Started (UTC)', 'Came to', 'Install', 'Build', 'In all'];

const logPart = ({ build, attempts }: BuildModel, log: LogWindow | undefined): Html => {
  if (log !== undefined) return part('Log', logView(build, log));
  return attempts.length === 0 ? nothing : part('Log', logLink(build));
};

/** Takes the place of the log where there was none when the page was loaded; with a script the page is loaded anew then. */
export const logHasCome = (build: BuildId): Html =>
  part('Log', html`<p data-look-again><a href="${buildUrl(build)}">Follow the log</a></p>`);

/** Of a log that cannot be shown here, as it is. */
const logLink = (build: BuildId): Html => html`<p><a href="${buildUrl(build)}/log">Log of the last attempt</a></p>`;

const part = (title: string, content: Content): Html => html`<h2>${title}</h2>
${content}`;

const state = ({
  state,
  since,
  waits,
  upload,
  repository,
  distribution,
  archAll,
}: BuildModel): Html => html`<p>${badge(state, buildLook[state])} ${since !== undefined && html`since ${time(since)} UTC`} for <a href="${distributionUrl(repository, distribution)}">${distribution}</a>${archAll && ', with the arch-indep packages'} · <a href="/mini_buildd/uploads/${upload}">the way of its upload</a></p>
${waits !== undefined && html`<p class="notice">${clipped(waits)}</p>`}
`;

const attempt = ({ attempt, builder, because, startedAt, ended }: BuildAttempt): Row =>
  row(
    attempt,
    html`${clipped(builder, 100)}${because !== undefined && html` <span class="quiet">${clipped(because)}</span>`}`,
    time(startedAt),
    ended === undefined
      ? badge('building', 'busy')
      : html`${badge(ended.word, endLook[ended.word])} ${ended.fact !== undefined && clipped(ended.fact)}`,
    ended?.times && duration(ended.times.install),
    ended?.times && duration(ended.times.build),
    ended?.times && duration(ended.times.total),
  );

const endLook = { built: 'good', failed: 'bad', skipped: 'idle', 'dep-wait': 'idle', 'given back': 'warn' } as const;

/** `1:02:03`; nothing for what is not known. */
const duration = (seconds: number): string | undefined => {
  if (seconds <= 0) return undefined;
  const whole = Math.round(seconds);
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
};

const check = ({ tool, state, says, findings, moreFindings }: BuildCheck): Row =>
  row(
    tool,
    badge(state, checkLook[state]),
    html`${says !== undefined && clipped(says)}${
      findings.length > 0 &&
      html`<details><summary>${findings.length + moreFindings} kinds of findings</summary><ul>${findings.map((each) => html`<li>${clipped(each, 150)}</li>`)}</ul>${moreFindings > 0 && html`<p class="quiet">and ${moreFindings} more in the report</p>`}</details>`
    }`,
  );

const checkLook: Readonly<Record<BuildCheck['state'], Look>> = {
  passed: 'good',
  failed: 'bad',
  skipped: 'idle',
  running: 'busy',
  waiting: 'idle',
  cancelled: 'warn',
};

const artifact = ({ name, size, sha256, isKept }: BuildArtifact, folder: string): Row =>
  row(
    isKept ? html`<a href="${folder}${encodeURIComponent(name)}">${name}</a>` : name,
    size,
    html`<code>${sha256}</code>`,
  );
