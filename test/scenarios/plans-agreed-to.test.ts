import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { SourceName, Version } from '../../src/domain/debian/names.ts';
import { slotOf } from '../../src/projections/contents.ts';
import { configured } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { interruptedLog } from '../support/interrupted-log.ts';
import { sourceUpload } from '../support/source-upload.ts';

const adam: Caller = { actor: { kind: 'account', name: 'adam' }, privilege: 'admin', shown: 'session' };
const hello = { package: 'hello', distribution: 'trixie-acme-unstable' };
const old = '2.10-3~acme13+1';
const newer = '2.11-1~acme13+1';

/** A daemon with two versions of hello in unstable, the older one its rollback; and what happens right after the log read a stream. */
const withHello = async (test: TestContext) => {
  const { between, openLog } = interruptedLog((stream) => stream.startsWith('package-'));
  const on = await machine(test, [...configured, { type: 'EngineStarted' }], undefined, openLog);
  const daemon = await boot(on);
  for (const version of [old, newer]) {
    await daemon.uploads(sourceUpload({ version: version as Version }));
    await daemon.until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);
  }
  await daemon.rests();
  const { api } = daemon.engine;
  const run = async (command: string, given: Readonly<Record<string, string>>, agreed?: string) => {
    const answer = await api.run(command, given, adam, agreed);
    return isLeft(answer) ? { rules: answer.left.map(({ rule }) => rule) } : { ...answer.right, rules: [] };
  };
  const sumOf = async (command: string, given: Readonly<Record<string, string>>): Promise<string> => {
    const planned = await api.run(command, { ...given, 'dry-run': 'true' }, adam);
    assert.ok(!isLeft(planned));
    return planned.right.sum ?? assert.fail('a plan without a sum');
  };
  const holds = (distribution: string): string | undefined =>
    slotOf(daemon.world.contents, distribution as DistributionName, 'hello' as SourceName).present?.version;
  return { daemon, between, run, sumOf, holds };
};

describe('A plan that was agreed to', () => {
  it('is carried out', async (test) => {
    const { run, sumOf, holds, daemon } = await withHello(test);
    assert.deepEqual((await run('migrate', hello, await sumOf('migrate', hello))).rules, []);
    assert.equal(holds('trixie-acme-testing'), newer);
    await daemon.kill();
  });

  it('is not carried out when another one is made of it right after it was looked at for the last time', async (test) => {
    const { run, sumOf, holds, between, daemon } = await withHello(test);
    const agreed = await sumOf('migrate', hello);
    // The first reading is that of the last look, which answers with what was before.
    between.push(async () => {
      assert.deepEqual((await run('restore', { ...hello, version: old })).rules, []);
    });
    assert.deepEqual((await run('migrate', hello, agreed)).rules, ['plan-changed']);
    assert.equal(holds('trixie-acme-testing'), undefined);
    assert.equal(holds('trixie-acme-unstable'), old);
    assert.notEqual(await sumOf('migrate', hello), agreed);
    await daemon.kill();
  });

  it('is looked at anew, and carried out once, when something happened that makes no other one of it', async (test) => {
    const { run, sumOf, holds, between, daemon } = await withHello(test);
    const agreed = await sumOf('migrate', hello);
    const elsewhere = async () => {
      assert.deepEqual((await run('stop', {})).rules, []);
      assert.deepEqual((await run('start', {})).rules, []);
    };
    between.push(elsewhere, async () => undefined, elsewhere);
    assert.deepEqual((await run('migrate', hello, agreed)).rules, []);
    assert.equal(holds('trixie-acme-testing'), newer);
    await daemon.kill();
  });

  it('is that of one question: another one, or none, is not what was agreed to', async (test) => {
    const { run, sumOf, holds, daemon } = await withHello(test);
    const agreed = await sumOf('migrate', hello);
    assert.deepEqual((await run('migrate', { ...hello, full: 'true' }, agreed)).rules, ['plan-changed']);
    assert.deepEqual((await run('remove', hello, agreed)).rules, ['plan-changed']);
    assert.deepEqual((await run('migrate', hello, 'none')).rules, ['plan-changed']);
    assert.equal(holds('trixie-acme-testing'), undefined);
    // What goes without saying may be said.
    assert.deepEqual((await run('migrate', { ...hello, full: 'false' }, agreed)).rules, []);
    await daemon.kill();
  });

  it('has its effects once, whatever is said meanwhile: a webhook that is added has one target', async (test) => {
    const put: string[] = [];
    const { between, openLog } = interruptedLog((stream) => stream.startsWith('webhook-'));
    const on = await machine(test, [...configured, { type: 'EngineStarted' }], undefined, openLog);
    const targets: typeof on.targets = {
      ...on.targets,
      put: async (webhook, target) => {
        put.push(webhook);
        await on.targets.put(webhook, target);
      },
    };
    const daemon = await boot({ ...on, targets });
    const { api } = daemon.engine;
    const given = { action: 'add', url: 'https://hooks.example.org/' };
    const planned = await api.run('webhook', { ...given, 'dry-run': 'true' }, adam);
    assert.ok(!isLeft(planned));
    const say = (command: string) => async () => assert.ok(!isLeft(await api.run(command, {}, adam)));
    const nothing = async () => undefined;
    // The look, the rehearsal, the deed; and where that was overtaken, once more.
    between.push(nothing, nothing, say('stop'), nothing, nothing, say('start'));
    assert.ok(!isLeft(await api.run('webhook', given, adam, planned.right.sum)));
    assert.deepEqual(put, [...daemon.world.webhooks.keys()]);
    assert.equal(put.length, 1);
    await daemon.kill();
  });
});
