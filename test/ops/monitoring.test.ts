import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'yaml';
import type { Duration } from '../../src/adapters/http/metrics.ts';
import type { Expiring } from '../../src/domain/expiry/events.ts';
import { queueLengths } from '../../src/projections/queue-lengths.ts';
import { newWorld } from '../../src/projections/world.ts';
import { atWork } from '../support/accounts-at-work.ts';

const folder = resolve(import.meta.dirname, '../../ops/monitoring');
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

/** A metric that an expression asks for, with what it asks of its labels: a value, or a pattern of values. */
type Selector = { readonly metric: string; readonly labels: readonly (readonly [label: string, value: string])[] };

const selectorsIn = (expression: string): readonly Selector[] =>
  [...expression.matchAll(/\b(up|(?:mini_buildd|nodejs|process)_\w+)\b(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', labels = '']) => ({
      metric,
      labels: [...labels.matchAll(/(\w+)(?:=~|!=|=)"([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
    }),
  );

/** Labels that are left of what is added up: `sum by (…)`. */
const groupedIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((each) => each.trim()),
  );

/** Labels that a text takes from what an expression gives. */
const saidIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{\s*(?:\$labels\.)?([a-z]\w*)\s*\}\}/g)].map(([, label = '']) => label);

/** By metric: labels that are there only while something waits, ends or took place. */
const stages = {
  stage: ['judge', 'wait', 'build', 'install', 'publish'] satisfies readonly Duration['stage'][],
  architecture: [''],
  result: ['succeeded', 'failed', 'skipped'] satisfies readonly Duration['result'][],
  le: ['+Inf'],
};
const atTimes: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  mini_buildd_queue_length: {
    queue: [...queueLengths(newWorld()).map(({ queue }) => queue), 'builds-waiting'],
    architecture: [''],
  },
  mini_buildd_stage_seconds_bucket: stages,
  mini_buildd_stage_seconds_count: stages,
  mini_buildd_stage_seconds_sum: stages,
  mini_buildd_expiry_timestamp_seconds: {
    kind: ['archive-key', 'uploader-key', 'remote-key', 'certificate'] satisfies readonly Expiring['kind'][],
  },
  mini_buildd_http_answers_total: { area: ['pages'], status: ['2xx'] },
};

/** Prometheus says it of each. */
const ofAll = [
  ['job', ['mini-buildd']],
  ['instance', ['ernie']],
] as const;

type Rule = { readonly expr: string; readonly annotations: Readonly<Record<string, string>> };
type Rules = { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
type Target = { readonly expr: string; readonly legendFormat: string };
type Dashboard = { readonly panels: readonly { readonly targets: readonly Target[] }[] };

/** Every expression, with the texts that go with it. */
const asked = async (): Promise<readonly { readonly expression: string; readonly texts: readonly string[] }[]> => {
  const { groups } = parse(await read('alerts.yaml')) as Rules;
  const { panels } = JSON.parse(await read('dashboard.json')) as Dashboard;
  return [
    ...groups
      .flatMap(({ rules }) => rules)
      .map(({ expr, annotations }) => ({ expression: expr, texts: Object.values(annotations) })),
    ...panels
      .flatMap(({ targets }) => targets)
      .map(({ expr, legendFormat }) => ({ expression: expr, texts: [legendFormat] })),
  ];
};

/** What a daemon has, by metric and label; `__name__` is no label here. */
const offered = (text: string): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> => {
  const found = new Map<string, Map<string, string[]>>();
  for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    for (const each of kind === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name])
      found.set(each, new Map());
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm))
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      const known = found.get(name);
      known?.set(label, [...(known.get(label) ?? []), value]);
    }
  return found;
};

const labelsOf = (known: ReturnType<typeof offered>, metric: string): ReadonlyMap<string, readonly string[]> => {
  const seen = known.get(metric) ?? new Map<string, readonly string[]>();
  const more = Object.entries(atTimes[metric] ?? {}).map(
    ([label, values]) => [label, [...(seen.get(label) ?? []), ...values]] as const,
  );
  return new Map([...seen, ...more, ...ofAll]);
};

/** Grafana's own variables stand for any value. */
const takes = (values: readonly string[] | undefined, value: string): boolean =>
  values !== undefined &&
  (value.startsWith('$') ||
    value.split('|').every((each) => values.some((one) => new RegExp(`^(?:${each})$`).test(one))));

/** What of an expression, and of the texts with it, no daemon has. */
const amiss = (known: ReturnType<typeof offered>, expression: string, texts: readonly string[]): readonly string[] => {
  const selectors = selectorsIn(expression);
  const ofMetrics = selectors.flatMap(({ metric, labels }) =>
    known.has(metric)
      ? labels
          .filter(([label, value]) => !takes(labelsOf(known, metric).get(label), value))
          .map(([label, value]) => `${metric}{${label}="${value}"}`)
      : [metric],
  );
  const grouped = groupedIn(expression);
  const isOfAll = (label: string): boolean => selectors.every(({ metric }) => labelsOf(known, metric).has(label));
  const left = (label: string): boolean => (grouped.length === 0 ? isOfAll(label) : grouped.includes(label));
  return [
    ...ofMetrics,
    ...grouped.filter((label) => !isOfAll(label)).map((label) => `by (${label})`),
    ...texts
      .flatMap(saidIn)
      .filter((label) => !left(label))
      .map((label) => `{{${label}}}`),
  ];
};

const known = async (test: TestContext): Promise<ReturnType<typeof offered>> => {
  const { url } = await atWork(test);
  const found = offered(await (await fetch(`${url}/metrics`)).text());
  return new Map([...found, ['up', new Map()]]);
};

describe('What is offered to those who monitor', () => {
  it('asks for figures and labels only that a daemon has, and says only those that are left', async (test) => {
    const figures = await known(test);
    const all = await asked();
    assert.ok(all.length > 20);
    assert.ok(all.flatMap(({ expression }) => selectorsIn(expression)).length > 20);
    assert.deepEqual(
      all.flatMap(({ expression, texts }) => amiss(figures, expression, texts)),
      [],
    );
  });

  for (const [expression, text, wrong] of [
    ['mini_buildd_log_write == 0', '', 'mini_buildd_log_write'],
    ['sum by (archtecture) (mini_buildd_queue_length)', '', 'by (archtecture)'],
    ['sum by (aria, status) (rate(mini_buildd_http_answers_total[5m]))', '', 'by (aria)'],
    ['mini_buildd_http_answers_total{severity="warning"}', '', 'mini_buildd_http_answers_total{severity="warning"}'],
    ['mini_buildd_log_seal_amiss{queue="builds-waiting"}', '', 'mini_buildd_log_seal_amiss{queue="builds-waiting"}'],
    [
      'mini_buildd_queue_length{queue=~"builds-running|nothing"}',
      '',
      'mini_buildd_queue_length{queue="builds-running|nothing"}',
    ],
    ['sum by (instance) (mini_buildd_queue_length)', '{{ $labels.architecture }}', '{{architecture}}'],
    ['mini_buildd_concerns', '{{kind}}', '{{kind}}'],
  ] as const)
    it(`would find what is wrong with ${expression} ${text}`, async (test) => {
      assert.deepEqual(amiss(await known(test), expression, [text]), [wrong]);
    });
});
