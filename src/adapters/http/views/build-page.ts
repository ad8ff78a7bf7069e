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

/** One build: where it stands, every attempt at it, what was checked and what was made. */
export const buildPage = (instance: Instance, model: BuildModel, log: LogWindow | undefined): string => {
  const { build, source, version: text, architecture, repository } = model;
  const logs = logsUrl(repository, source, text);
  return page({
    title: `${source} ${text} on ${architecture} – ${instance.name}`,
    instance,
    sought: source,
    ...(log === undefined ? {} : { script: 'log-viewer.js' }),
    body: html`<h1>${packageLink(source)} <a href="${logs}">${version(text)}</a> on ${architecture}</h1>
<section class="card" aria-label="State">${state(model)}
${sameAs(instance, buildUrl(build), { command: 'why', given: { builds: build }, positional: ['builds'] })}</section>
${(log !== undefined || model.attempts.length > 0) && part('Log', log === undefined ? logLink(build) : logView(build, log))}
${part('Attempts', model.attempts.length === 0 ? empty('None yet.') : table(['Attempt', 'Builder', 'Started (UTC)', 'Came to', 'Install', 'Build', 'In all'], model.attempts.map(attempt)))}
${model.checks.length > 0 && part('Checks', table(['Tool', 'State', 'Found'], model.checks.map(check)))}
${
  model.artifacts.length > 0 &&
  part(
    'What it made',
    html`${table(
      ['File', 'Bytes', 'SHA-256'],
      model.artifacts.map((each) => artifact(each, `${logs}${architecture}/`)),
    )}${model.moreArtifacts > 0 && html`<p class="quiet">and ${model.moreArtifacts} more</p>`}`,
  )
}
${part('What happened', timeline(model.happenings))}`,
  });
};

/** Of a log that cannot be shown here, as it is. */
const logLink = (build: BuildId): Html => html`<p><a href="${buildUrl(build)}/log">Log of the last attempt</a></p>`;

const part = (title: string, content: Content): Html => html`<section class="card"><h2>${title}</h2>
${content}</section>`;

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
