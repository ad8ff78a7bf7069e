import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMetrics, openMetricsType } from '../../../src/adapters/http/open-metrics.ts';
import { atWork } from '../../support/accounts-at-work.ts';
import { parseOpenMetrics } from '../../support/parse-open-metrics.ts';

/** What Prometheus 2 and 3 ask with. */
const asked = [
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
];

describe('Metrics', () => {
  it('are OpenMetrics for who accepts them, strictly, with the same figures', async (test) => {
    const { url } = await atWork(test);
    await fetch(`${url}/mini_buildd/`);
    const plain = await (await fetch(`${url}/metrics`)).text();
    const familiesOfPlain = [...plain.matchAll(/^# TYPE (\S+)/gm)].length;
    for (const accept of asked) {
      const answer = await fetch(`${url}/metrics`, { headers: { accept } });
      assert.equal(answer.headers.get('content-type'), openMetricsType);
      assert.match(answer.headers.get('vary') ?? '', /Accept/i);
      const families = parseOpenMetrics(await answer.text());
      assert.equal(families.size, familiesOfPlain);
      const answers = families.get('mini_buildd_http_answers');
      assert.equal(answers?.type, 'counter');
      assert.ok((answers?.samples.length ?? 0) > 0);
      assert.equal(families.get('mini_buildd_stage_seconds')?.unit, 'seconds');
      assert.equal(families.get('process_resident_memory_bytes')?.unit, 'bytes');
      assert.equal(families.get('mini_buildd_expiry_timestamp_seconds')?.type, 'gauge');
    }
  });

  it('are in the form of Prometheus for everybody else', async (test) => {
    const { url } = await atWork(test);
    for (const accept of ['*/*', 'text/plain', 'text/html', 'application/openmetrics-text;version=9']) {
      const answer = await fetch(`${url}/metrics`, { headers: { accept } });
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; (?:charset=utf-8; )?version=0\.0\.4/);
      assert.match(await answer.text(), /^# TYPE mini_buildd_http_answers_total counter$/m);
    }
  });

  it('end where they end, also when there are none, and escape what help may hold', () => {
    assert.equal(openMetrics(''), '# EOF\n');
    const text = openMetrics(
      '# HELP a_total says "a"\n# TYPE a_total counter\na_total 1\n\n# HELP b b\n# TYPE b gauge\nb Nan\n',
    );
    assert.equal(
      text,
      '# HELP a says \\"a\\"\n# TYPE a counter\na_total 1\n# HELP b b\n# TYPE b gauge\nb Nan\n# EOF\n',
    );
    assert.equal(parseOpenMetrics(text).get('a')?.samples[0]?.value, 1);
  });

  it('are not believed by the parser of these tests when they are wrong', () => {
    for (const wrong of [
      '# TYPE a counter\na 1\n# EOF\n',
      '# TYPE a gauge\na 1\n',
      '# TYPE a gauge\na 1\n\n# EOF\n',
      '# TYPE a gauge\na 1\na 2\n# EOF\n',
      '# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n',
      '# TYPE a gauge\n# HELP a "quoted"\na 1\n# EOF\n',
      '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n# EOF\n',
      '# TYPE a gauge\na{b="c" 1\n# EOF\n',
    ])
      assert.throws(() => parseOpenMetrics(wrong), wrong);
  });
});
