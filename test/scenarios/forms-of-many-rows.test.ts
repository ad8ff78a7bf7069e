import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { browserOf, typedOn } from '../support/administrator-in-browser.ts';
import { configured } from '../support/fixed-examples.ts';

const stages = Array.from({ length: 10 }, (_, n) => `stage${'abcdefghij'[n]}`);
const document = `layouts: {Many: {suites: [${stages
  .map(
    (suite, n) =>
      `{suite: ${suite}, migratesTo: ${stages[n + 1] ?? 'null'}, rollbacks: ${n}, uploadable: ${n === 0}, checks: {lintian: {mode: error, options: ["--pedantic", "--profile=debian"]}}}`,
  )
  .join(', ')}]}}`;
const place = '/layouts/Many/edit';

it('The form of a layout of many suites opens the one that is to be changed, and keeps the others as they are', async (test) => {
  const { see, send, engine, daemon, on } = await browserOf(test, configured);
  const adam = (await on.people.byLogin('adam' as never))?.account ?? assert.fail();
  const caller = { actor: { kind: 'account', name: adam }, privilege: 'admin', shown: 'session' } as const;
  const applied = await engine.api.run('apply', { configuration: document }, caller);
  assert.ok(!isLeft(applied), JSON.stringify(applied));
  const suites = () => daemon.world.configuration.layouts.get('Many' as never)?.suites ?? assert.fail('no layout');
  const before = suites();
  assert.equal(before.length, stages.length);

  const { page } = await see(place);
  assert.doesNotMatch(page, /<label for="suites\.7\.rollbacks"/);
  const opened = await send(place, { ...typedOn(page), _open: ['suites.7'] });
  assert.match(opened.page, /<details class="row" id="suites\.7" open><summary>stageh<\/summary>/);
  assert.match(opened.page, /<label for="suites\.7\.rollbacks"/);
  assert.doesNotMatch(opened.page, /<label for="suites\.3\.rollbacks"/);

  // Another one is looked at before any of it is said: what was typed goes along.
  const other = await send(place, {
    ...typedOn(opened.page),
    'suites.7.rollbacks': ['70'],
    _open: ['suites.7', 'suites.0'],
  });
  const shown = await send(place, { ...typedOn(other.page), 'suites.0.rollbacks': ['5'], _step: ['show'] });
  assert.match(shown.page, /<label for="suites\.0\.rollbacks"/, 'what is being changed stays open');
  const refused = await send(place, { ...typedOn(shown.page), _step: ['apply'], _agreed: ['something else'] });
  assert.equal(refused.status, 409);
  assert.match(refused.page, /<label for="suites\.0\.rollbacks"/, 'what is being changed stays open');
  const done = await send(place, { ...typedOn(shown.page), _step: ['apply'] });
  assert.equal(done.status, 303, done.page);
  assert.deepEqual(
    suites(),
    before.map((suite, n) => ({ ...suite, rollbacks: n === 7 ? 70 : n === 0 ? 5 : n })),
  );
});
