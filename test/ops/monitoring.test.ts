import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import type { Duration } from '../../src/adapters/http/metrics.ts';
import type { Expiring } from '../../src/domain/expiry/events.ts';
import { queueLengths } from '../../src/projections/queue-lengths.ts';
import { newWorld } from '../../src/projections/world.ts';
import { atWork } from '../support/accounts-at-work.ts';

const folder = resolve(import.meta.dirname, '../../ops/monitoring');
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

/** What Prometheus itself says of each target. */
const ofPrometheus: ReadonlySet<string> = new Set(['up']);

const namesIn = (expression: string): readonly string[] =>
  [...expression.replace(/\{[^}]*\}|"[^"]*"/g, ' ').matchAll(/\b(?:up|(?:mini_buildd|nodejs|process)_\w+)\b/g)].map(
    ([name]) => name,
  );

/** What labels are asked for by an expression: a value, or a pattern of values. */
const labelsIn = (expression: string): readonly (readonly [label: string, value: RegExp])[] =>
  [...expression.matchAll(/(\w+)(?:=~|!=|=)"([^"$]*)"/g)].map(([, label = '', value = '']) => [
    label,
    new RegExp(`^(?:${value})$`),
  ]);

/** Values that are there only while something waits, ends or took place. */
const atTimes: Readonly<Record<string, readonly string[]>> = {
  queue: [...queueLengths(newWorld()).map(({ queue }) => queue), 'builds-waiting'],
  stage: ['judge', 'wait', 'build', 'install', 'publish'] satisfies readonly Duration['stage'][],
  kind: ['archive-key', 'uploader-key', 'remote-key', 'certificate'] satisfies readonly Expiring['kind'][],
  // Prometheus says it.
  job: ['mini-buildd'],
};

type Rules = { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] };
type Dashboard = { readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] };

const expressions = async (): Promise<readonly string[]> => {
  const { groups } = parse(await read('alerts.yaml')) as Rules;
  const { panels } = JSON.parse(await read('dashboard.json')) as Dashboard;
  return [...groups.flatMap(({ rules }) => rules), ...panels.flatMap(({ targets }) => targets)].map(({ expr }) => expr);
};

describe('What is offered to those who monitor', () => {
  it('asks for figures only that a daemon has', async (test) => {
    const { url } = await atWork(test);
    const text = await (await fetch(`${url}/metrics`)).text();
    const known = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', kind]) =>
        kind === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    );
    const asked = (await expressions()).flatMap(namesIn);
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter((name) => !known.has(name) && !ofPrometheus.has(name)),
      [],
    );
  });

  it('asks for labels only that its figures have', async (test) => {
    const { url } = await atWork(test);
    const text = await (await fetch(`${url}/metrics`)).text();
    const seen = [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value] as const);
    const known = Map.groupBy(seen, ([label]) => label);
    const valuesOf = (label: string): readonly string[] => [
      ...(known.get(label) ?? []).map(([, value]) => value),
      ...(atTimes[label] ?? []),
    ];
    const asked = (await expressions()).flatMap(labelsIn);
    assert.ok(asked.length > 10);
    const isAsked = (label: string, value: RegExp): boolean =>
      value.source
        .slice(4, -2)
        .split('|')
        .every((each) => valuesOf(label).some((one) => new RegExp(`^${each}$`).test(one)));
    assert.deepEqual(
      asked.filter(([label, value]) => !isAsked(label, value)).map(([label, value]) => `${label} ${value}`),
      [],
    );
  });
});
