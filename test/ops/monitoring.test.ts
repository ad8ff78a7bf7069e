import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { atWork } from '../support/accounts-at-work.ts';

const folder = resolve(import.meta.dirname, '../../ops/monitoring');
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

/** What Prometheus itself says of each target. */
const ofPrometheus: ReadonlySet<string> = new Set(['up']);

const namesIn = (expression: string): readonly string[] =>
  [...expression.replace(/\{[^}]*\}|"[^"]*"/g, ' ').matchAll(/\b(?:up|(?:mini_buildd|nodejs|process)_\w+)\b/g)].map(
    ([name]) => name,
  );

type Rules = { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] };
type Dashboard = { readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] };

describe('What is offered to those who monitor', () => {
  it('asks for figures only that a daemon has', async (test) => {
    const { url } = await atWork(test);
    const text = await (await fetch(`${url}/metrics`)).text();
    const known = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', kind]) =>
        kind === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    );
    const { groups } = parse(await read('alerts.yaml')) as Rules;
    const { panels } = JSON.parse(await read('dashboard.json')) as Dashboard;
    const asked = [...groups.flatMap(({ rules }) => rules), ...panels.flatMap(({ targets }) => targets)].flatMap(
      ({ expr }) => namesIn(expr),
    );
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter((name) => !known.has(name) && !ofPrometheus.has(name)),
      [],
    );
  });
});
