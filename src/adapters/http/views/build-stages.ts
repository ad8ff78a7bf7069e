import type { BuildCheck, BuildModel, BuildStageLine } from './build-model.ts';
import { type Stage, stages } from './charts/stages.ts';
import { type Content, type Html, html } from './html.ts';
import { buildUrl, type Look } from './parts.ts';

/** Where the time of a build went, from the request to what apt sees. */
export const buildStages = (model: BuildModel): Html => {
  const ofChecks = model.checks.map(ofCheck);
  const installs = model.stages.filter(({ stage }) => stage === 'install' || stage === 'publish');
  const before = model.stages.filter((line) => !installs.includes(line));
  return stages('stages-picture', 'From the request to apt', [
    ...before.map((line) => ofStage(line, model)),
    ...ofChecks,
    ...installs.map((line) => ofStage(line, model)),
  ]);
};

const ofStage = (line: BuildStageLine, model: BuildModel): Stage => {
  const name = line.stage === 'attempt' ? `attempt ${line.attempt}` : names[line.stage];
  return {
    name,
    cell: cellOf(name, line, model),
    look: line.state === 'goes on' ? (goingOn[line.stage] ?? 'busy') : isUnknown(line) ? 'idle' : looks[line.state],
    state: isUnknown(line) ? 'unknown' : line.state,
    from: line.from,
    seconds: line.seconds,
    note: line.note,
  };
};

const looks = { over: 'good', failed: 'bad', 'to come': 'idle', 'passed over': 'idle' } as const;

const isUnknown = ({ stage, state, seconds }: BuildStageLine): boolean =>
  stage === 'unrecorded' || (state === 'over' && seconds === undefined);

/** Waiting is nothing that anybody is busy with. */
const goingOn: Readonly<Partial<Record<BuildStageLine['stage'], Look>>> = { waiting: 'idle', 'dep-wait': 'idle' };

const names: Readonly<Record<BuildStageLine['stage'], string>> = {
  waiting: 'waiting',
  assigned: 'assigned',
  attempt: 'attempt',
  'dep-wait': 'dep-wait',
  prepare: 'bring the source',
  chroot: 'set up the chroot',
  'fetch-src': 'fetch the source',
  'install-deps': 'install-deps',
  build: 'build',
  'post-build': 'look at results',
  lintian: 'lintian',
  piuparts: 'piuparts',
  autopkgtest: 'autopkgtest',
  cleanup: 'clean up',
  keep: 'keep results',
  unrecorded: 'in no stage',
  install: 'install',
  publish: 'publish',
};

/** How sbuild heads it in its log. */
const headings: Readonly<Partial<Record<BuildStageLine['stage'], string>>> = {
  'fetch-src': 'Fetch source files',
  'install-deps': 'Install package build dependencies',
  build: 'Build environment',
  'post-build': 'Changes',
  cleanup: 'Cleanup',
};

/** Leads to where the log tells of it. Only the last attempt has one. */
const cellOf = (name: string, { stage, state }: BuildStageLine, { build }: BuildModel): Content => {
  const heading = headings[stage];
  return heading === undefined || state === 'to come' || state === 'passed over'
    ? name
    : html`<a href="${buildUrl(build)}/log/lines?find=${encodeURIComponent(`| ${heading} `)}">${name}</a>`;
};

const ofCheck = ({ tool, state, requestedAt, startedAt, endedAt, says }: BuildCheck): Stage => ({
  name: tool,
  cell: tool,
  look: checkLook[state],
  state,
  from: startedAt ?? requestedAt,
  seconds: endedAt === undefined ? undefined : (Date.parse(endedAt) - Date.parse(startedAt ?? requestedAt)) / 1000,
  note: says,
});

export const checkLook: Readonly<Record<BuildCheck['state'], Look>> = {
  passed: 'good',
  failed: 'bad',
  skipped: 'idle',
  running: 'busy',
  waiting: 'idle',
  cancelled: 'warn',
};
