import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planNamed } from '../../../src/adapters/http/command-routes.ts';
import { atWork, basic, json } from '../../support/accounts-at-work.ts';

describe('The plan that If-Match names', () => {
  for (const [said, plan] of [
    [undefined, undefined],
    ['*', undefined],
    ['"a_-b"', 'a_-b'],
    ['W/"a_-b"', 'a_-b'],
    [' "a_-b" ', 'a_-b'],
    ['a_-b', 'a_-b'],
    // More than one plan is none that anybody could have seen.
    ['"a", "b"', '"a", "b"'],
  ] as const)
    it(`is ${plan} for ${said}`, () => assert.equal(planNamed({ 'if-match': said }), plan));

  it('is carried out as a proxy that compresses gave it on', async (test) => {
    const { url, daemon } = await atWork(test);
    const run = (given: object, more: Readonly<Record<string, string>> = {}) =>
      fetch(`${url}/mini_buildd/api/stop`, {
        method: 'POST',
        headers: { ...json, ...basic('adam'), ...more },
        body: JSON.stringify(given),
      });
    const planned = await run({ 'dry-run': 'true' });
    const tag = planned.headers.get('etag') ?? assert.fail('a plan without a tag');
    assert.equal((await run({}, { 'if-match': 'W/"another"' })).status, 412);
    assert.equal(daemon.world.engine, 'started');
    assert.equal((await run({}, { 'if-match': `W/${tag}` })).status, 200);
    assert.equal(daemon.world.engine, 'stopped');
  });
});
