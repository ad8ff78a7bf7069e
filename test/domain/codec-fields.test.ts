import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inOrder } from '../../src/domain/codec-fields.ts';
import { DistributionConfigured, LayoutConfigured } from '../../src/domain/configuration/events.ts';
import { trixieConfigured } from '../support/fixed-examples.ts';

/** The value with the fields of everything in it the other way round. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, each]) => [name, reversed(each)]),
  );
};

describe('Fields in the order of their codec', () => {
  it('are so at every depth, in whatever order they were written', () => {
    const written = reversed(trixieConfigured) as DistributionConfigured;
    assert.notEqual(JSON.stringify(written), JSON.stringify(trixieConfigured));
    assert.equal(JSON.stringify(inOrder(DistributionConfigured, written)), JSON.stringify(trixieConfigured));
  });

  it('name a suite before they say what it is, where only some are said, and lose none that is not known', () => {
    const said = {
      rollbacks: 3,
      odd: true,
      checks: { piuparts: { options: [], mode: 'error' }, lintian: null },
      suite: 'stable',
    };
    const { suites } = inOrder(LayoutConfigured, { suites: [said] });
    assert.equal(
      JSON.stringify(suites),
      '[{"suite":"stable","rollbacks":3,"checks":{"lintian":null,"piuparts":{"mode":"error","options":[]}},"odd":true}]',
    );
  });

  it('leave what is no value of theirs as it is', () => {
    for (const odd of [null, 7, 'suites', [1], { suites: 'none' }, { suites: [null, 3] }])
      assert.deepEqual(inOrder(LayoutConfigured, odd), odd);
  });
});
