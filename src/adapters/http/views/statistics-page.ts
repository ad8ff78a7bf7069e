import { bytes } from '../../../domain/bytes-in-words.ts';
import { liveUrl, type PageParts } from '../rendered-parts.ts';
import { clock } from './amounts.ts';
import { bars } from './charts/bars.ts';
import { binaryUnits, captionOf, clockUnits, scaleOf } from './charts/chart.ts';
import { lineLooks, lines } from './charts/lines.ts';
import { shares } from './charts/shares.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { page } from './page.ts';
import { sameAs } from './same-as.ts';
import { type StatisticsModel, type Step, type Stretch, steps } from './statistics-model.ts';

/** How much was built, how long it took and waited, and what room it takes: as pictures, with their numbers. */
export const statisticsPage = (instance: Instance, model: StatisticsModel): string => {
  const parts = statisticsParts(model);
  return page({
    title: `Statistics – ${instance.name}`,
    instance,
    live: liveUrl(`/mini_buildd/statistics/live?by=${model.step}`, parts),
    body: html`<h1>Statistics</h1>
${liveState}
<nav class="pages" aria-label="Divided into">${steps.map((each) => html`<a href="/mini_buildd/statistics?by=${each}"${each === model.step && html` aria-current="page"`}>${offered[each]}</a> `)} <a href="/mini_buildd/builds">All builds</a> <a href="/mini_buildd/machines">All machines</a></nav>
<div class="columns">${Object.entries(parts).map(([id, picture]) => html`<section class="card" id="${id}" aria-labelledby="${captionOf(id)}">${picture}</section>`)}</div>
${sameAs(instance, `/mini_buildd/statistics?by=${model.step}`, { command: 'statistics', given: { by: model.step }, positional: [] })}`,
  });
};

/** What reads otherwise as time goes on. */
export const statisticsParts = (model: StatisticsModel): PageParts =>
  Object.fromEntries(
    Object.entries({ uploads, outcomes, times, queue, architectures, disk, growth })
      .map(([name, picture]) => [`picture-${name}`, picture] as const)
      .map(([id, picture]) => [id, picture(id, model)]),
  );

const offered: Readonly<Record<Step, string>> = {
  days: 'the last 30 days',
  weeks: 'the last 26 weeks',
  months: 'the last 24 months',
};

const label: Readonly<Record<Step, string>> = { days: 'Day', weeks: 'Week from', months: 'Month' };

/** As much of a date as tells it from its neighbours. */
const labelsOf = ({ step, stretches }: StatisticsModel): readonly string[] =>
  stretches.map(({ begins }) => (step === 'months' ? begins.slice(0, 7) : begins.slice(5)));

const over = (model: StatisticsModel) => ({ labels: labelsOf(model), label: label[model.step] });

const total = ({ stretches }: StatisticsModel, count: (stretch: Stretch) => number): number =>
  stretches.reduce((sum, stretch) => sum + count(stretch), 0);

const uploads = (id: string, model: StatisticsModel): Html =>
  bars({
    id,
    title: 'Uploads',
    gist: `${total(model, (each) => each.uploads.accepted)} accepted and ${total(model, (each) => each.uploads.rejected)} rejected; ${total(model, (each) => each.uploads.installed)} were installed.`,
    ...over(model),
    parts: [
      { says: 'accepted', look: 'good', values: model.stretches.map((each) => each.uploads.accepted) },
      { says: 'rejected', look: 'bad', values: model.stretches.map((each) => each.uploads.rejected) },
    ],
  });

const builtIn = ({ builds }: Stretch, what: 'succeeded' | 'failed'): number =>
  builds.reduce((sum, each) => sum + each[what], 0);

const outcomes = (id: string, model: StatisticsModel): Html =>
  bars({
    id,
    title: 'Builds',
    gist: `${total(model, (each) => builtIn(each, 'succeeded'))} succeeded and ${total(model, (each) => builtIn(each, 'failed'))} failed.`,
    ...over(model),
    parts: [
      { says: 'succeeded', look: 'good', values: model.stretches.map((each) => builtIn(each, 'succeeded')) },
      { says: 'failed', look: 'bad', values: model.stretches.map((each) => builtIn(each, 'failed')) },
    ],
  });

/** How many of its builds succeeded: all in words and in the table, drawn for as many as can be told apart. */
const architectures = (id: string, model: StatisticsModel): Html => {
  const all = model.architectures
    .map((name, index) => {
      const built = model.stretches.map(({ builds }) => builds[index] ?? { succeeded: 0, failed: 0 });
      const succeeded = built.reduce((sum, each) => sum + each.succeeded, 0);
      const count = built.reduce((sum, each) => sum + each.failed, succeeded);
      return { name, count, says: `${name} ${percent(succeeded, count) ?? 0} % of ${count}`, built };
    })
    .toSorted((one, other) => other.count - one.count);
  return lines({
    id,
    title: 'Success by architecture',
    gist:
      all.length === 0
        ? 'Nothing was built.'
        : `${all.map(({ says }) => says).join(', ')}.${all.length > lineLooks.length ? ` Drawn are the ${lineLooks.length} most was built for; the table has all.` : ''}`,
    ...over(model),
    series: all.map(({ name, built }, index) => ({
      says: name,
      look: lineLooks[index],
      values: built.map(({ succeeded, failed }) => percent(succeeded, succeeded + failed)),
    })),
    scale: scaleOf([100], (value) => `${value} %`),
  });
};

const percent = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.round((100 * part) / whole);

const times = (id: string, model: StatisticsModel): Html => {
  const [half, most] = [model.stretches.map((each) => each.half), model.stretches.map((each) => each.most)];
  const last = model.stretches.findLast((each) => each.half !== undefined);
  return lines({
    id,
    title: 'How long builds took',
    gist:
      last?.half === undefined
        ? 'No build succeeded.'
        : `Lately half of them were done within ${clock(last.half)}, and nine of ten within ${clock(last.most ?? last.half)}, give or take a fifth.`,
    ...over(model),
    series: [
      { says: 'half were done within', look: 'first', values: half },
      { says: 'nine of ten within', look: 'second', values: most },
    ],
    scale: scaleOf(
      most.flatMap((each) => each ?? []),
      clock,
      clockUnits,
    ),
  });
};

const queue = (id: string, model: StatisticsModel): Html => {
  const [waiting, running] = [model.stretches.map((each) => each.waiting), model.stretches.map((each) => each.running)];
  return lines({
    id,
    title: 'The queue at its longest',
    gist: `At most ${Math.max(0, ...waiting)} builds waited for a builder at once, and ${Math.max(0, ...running)} ran.`,
    ...over(model),
    series: [
      { says: 'waiting', look: 'first', values: waiting },
      { says: 'running', look: 'second', values: running },
    ],
    scale: scaleOf([...waiting, ...running], String),
  });
};

const disk = (id: string, { repositories }: StatisticsModel): Html =>
  shares({
    id,
    title: 'Disk by repository',
    gist: `Files of whatever was installed and not let go: ${bytes(repositories.reduce((sum, each) => sum + each.bytes, 0))} in all. Logs and failed uploads come on top, and what repositories share lies on disk only once.`,
    label: 'Repository',
    looks: [{ says: 'kept', look: 'first' }],
    rows: [...repositories]
      .sort((one, other) => other.bytes - one.bytes)
      .map((each) => ({
        name: `${each.repository}${each.isConfigured ? '' : ' (not configured)'}`,
        parts: [each.bytes],
        says: bytes(each.bytes),
      })),
    number: bytes,
  });

const growth = (id: string, model: StatisticsModel): Html => {
  const kept = model.stretches.map((each) => each.kept.reduce((sum, size) => sum + size, 0));
  return lines({
    id,
    title: 'Disk over time',
    gist: `From ${bytes(kept[0] ?? 0)} to ${bytes(kept.at(-1) ?? 0)} in all repositories.`,
    ...over(model),
    series: [{ says: 'all repositories', look: 'first', values: kept }],
    scale: scaleOf(kept, bytes, binaryUnits),
  });
};
