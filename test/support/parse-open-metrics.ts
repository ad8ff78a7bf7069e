import assert from 'node:assert/strict';

export type Family = {
  readonly type: string;
  readonly unit: string | undefined;
  readonly help: string | undefined;
  readonly samples: readonly Sample[];
};
type Sample = { readonly name: string; readonly labels: ReadonlyMap<string, string>; readonly value: number };

type Open = { type?: string; unit?: string; help?: string; samples: Sample[] };

const suffixes: Readonly<Record<string, readonly string[]>> = {
  gauge: [''],
  counter: ['_total', '_created'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  summary: ['', '_count', '_sum', '_created'],
  unknown: [''],
};

const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|inf|nan))$/i;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/y;

/** Reads a text of OpenMetrics 1.0 without timestamps and exemplars, and takes nothing that the specification forbids. */
export const parseOpenMetrics = (text: string): ReadonlyMap<string, Family> => {
  assert.ok(text.endsWith('\n# EOF\n'), 'the end is not marked');
  const families = new Map<string, Open>();
  let present: { readonly name: string; readonly open: Open } | undefined;
  for (const line of text.split('\n').slice(0, -2)) {
    const [, keyword, family = '', rest = ''] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword !== undefined) {
      assert.match(family, name);
      if (present?.name !== family) {
        assert.ok(!families.has(family), `${family} comes in two pieces`);
        present = { name: family, open: { samples: [] } };
        families.set(family, present.open);
      }
      describeFamily(present.open, keyword, rest, line);
      continue;
    }
    assert.ok(present !== undefined, `before any family: ${line}`);
    present.open.samples.push(sampleOf(line, present.name, present.open));
  }
  return new Map([...families].map(([each, open]) => [each, whole(each, open)]));
};

const describeFamily = (open: Open, keyword: string, rest: string, line: string): void => {
  assert.equal(open.samples.length, 0, `after its samples: ${line}`);
  const field = keyword.toLowerCase() as 'help' | 'type' | 'unit';
  assert.equal(open[field], undefined, `said twice: ${line}`);
  if (field === 'help') assert.match(rest, /^(?:[^"\\\n]|\\[\\n"])*$/, line);
  open[field] = rest;
};

const sampleOf = (line: string, family: string, { type = 'unknown' }: Open): Sample => {
  const [, written = '', inside = '', value = ''] = sample.exec(line) ?? assert.fail(`no sample: ${line}`);
  const allowed = suffixes[type] ?? assert.fail(`${family} is of no type: ${type}`);
  assert.ok(
    allowed.some((suffix) => written === `${family}${suffix}`),
    `not of the ${type} ${family}: ${line}`,
  );
  const labels = labelsOf(inside, line);
  if (written.endsWith('_bucket') && type === 'histogram') assert.ok(labels.has('le'), `without bound: ${line}`);
  return { name: written, labels, value: numberOf(value) };
};

const numberOf = (value: string): number => {
  if (/nan/i.test(value)) return Number.NaN;
  return /inf/i.test(value) ? (value.startsWith('-') ? -1 : 1) * Number.POSITIVE_INFINITY : Number(value);
};

const labelsOf = (inside: string, line: string): ReadonlyMap<string, string> => {
  const labels = new Map<string, string>();
  label.lastIndex = 0;
  while (label.lastIndex < inside.length) {
    const [, key = '', value = ''] = label.exec(inside) ?? assert.fail(`labels of ${line}`);
    assert.ok(!labels.has(key), `label twice: ${line}`);
    labels.set(key, value);
  }
  return labels;
};

const whole = (family: string, { type = 'unknown', unit, help, samples }: Open): Family => {
  if (unit !== undefined) assert.ok(family.endsWith(`_${unit}`), `${family} is not named for its unit ${unit}`);
  const seen = new Set(samples.map(({ name: each, labels }) => `${each} ${[...labels].toSorted().join()}`));
  assert.equal(seen.size, samples.length, `${family} says the same twice`);
  if (type === 'counter') for (const { value } of samples) assert.ok(value >= 0, `${family} counts below nothing`);
  if (type === 'histogram') bucketsHold(family, samples);
  return { type, unit, help, samples };
};

/** Of each set of labels the buckets grow, and the last holds all. */
const bucketsHold = (family: string, samples: readonly Sample[]): void => {
  const counts = new Map<string, number[]>();
  for (const { name: each, labels, value } of samples) {
    const key = [...labels].filter(([at]) => at !== 'le').join();
    if (each.endsWith('_bucket')) counts.set(key, [...(counts.get(key) ?? []), value]);
    if (each.endsWith('_count')) assert.equal(counts.get(key)?.at(-1), value, `${family}: ${key}`);
  }
  for (const [key, values] of counts)
    assert.deepEqual(
      values,
      values.toSorted((one, other) => one - other),
      `${family}: ${key}`,
    );
};
