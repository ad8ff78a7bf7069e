import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../src/domain/account/events.ts';
import { longestTrial } from '../../src/reactors/notify.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const admin = {
  actor: { kind: 'account', name: '00000000000000ad' as AccountId },
  privilege: 'admin',
  shown: 'session',
} as const;
const url = 'https://ci.example.org:8443/hooks/path-of-its-own?key=42';

const run = async ({ engine }: Daemon, given: Readonly<Record<string, string>>) => {
  const answer = await engine.api.run('webhook', given, admin);
  return isLeft(answer)
    ? { rule: answer.left[0]?.rule, fact: answer.left[0]?.fact, plain: '', json: {} as Record<string, string> }
    : {
        rule: undefined,
        fact: undefined,
        plain: answer.right.plain,
        json: answer.right.json as Record<string, string>,
      };
};

/** A machine on which a webhook was added. */
const hooked = async (test: TestContext, filter: Readonly<Record<string, string>> = {}) => {
  const on = await machine(test);
  const first = await boot(on);
  const { json } = await run(first, { action: 'add', url, ...filter });
  await first.kill();
  return { on, webhook: json.webhook ?? '', secret: json.secret ?? '' };
};

const isTold = (daemon: Daemon): Promise<boolean> =>
  daemon.until(
    ({ uploads, notices }) => uploads.open.size === 0 && uploads.ended.length > 0 && notices.owed.size === 0,
  );
const bodies = ({ caller }: Machine) => caller.taken.map(({ body }) => JSON.parse(body));

/** A call was not taken, and is owed for longer than it is tried when the next life begins. */
const owedTooLong = async (test: TestContext): Promise<Machine> => {
  const { on } = await hooked(test);
  on.caller.fail('ci.example.org:8443 answered 500');
  const daemon = await boot(on);
  await daemon.uploads(sourceUpload());
  await daemon.until(({ notices }) => notices.callDelays.size === 1);
  await daemon.kill();
  on.clock.advance(longestTrial + 1);
  return on;
};

describe('A webhook', () => {
  it('is told what became of a package, and names no person', async (test) => {
    const { on, secret } = await hooked(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload({ fields: { 'Changed-By': 'Bert <bert@example.org>' } }));
    await isTold(daemon);
    const [call] = on.caller.taken;
    const installed = on.store.events.find(({ body }) => body.type === 'PackageInstalled')?.id;
    assert.deepEqual([call?.target, call?.id], [{ url, secret }, installed]);
    const [body] = bodies(on);
    assert.equal(body.title, 'INSTALLED (trixie-acme-unstable): hello 2.10-3~acme13+1 [+amd64 +arm64]');
    assert.deepEqual(
      [body.event, body.kind, body.source, body.builds.map(({ succeeded }: { succeeded: boolean }) => succeeded)],
      [installed, 'installed', 'hello', [true, true]],
    );
    assert.doesNotMatch(call?.body ?? '', /bert/i);
    assert.doesNotMatch(JSON.stringify(on.store.events), new RegExp(`${secret}|path-of-its-own`));
    assert.deepEqual(daemon.faults, []);
  });

  it('is told only of what it was added for, and of no rejection', async (test) => {
    const { on } = await hooked(test, { package: 'hello' });
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload({ source: 'bye' }));
    await daemon.uploads(sourceUpload({ signedBy: null }));
    await isTold(daemon);
    await daemon.rests();
    assert.deepEqual(bodies(on), []);
  });

  it('that is away is called again, under the same id, also after a restart; list says why', async (test) => {
    const { on, webhook } = await hooked(test);
    on.caller.fail('ci.example.org:8443 answered 500');
    const first = await boot(on);
    await first.uploads(sourceUpload());
    await first.until(({ notices }) => notices.callDelays.size === 1);
    on.clock.advance(3600_000);
    await first.rests();
    assert.equal(eventsOf(on, 'NotificationDelayed').length, 1);
    assert.match(
      (await run(first, { action: 'list' })).plain,
      new RegExp(
        `^${webhook}: ci.example.org:8443, told of every package in every distribution, 1 owed, delayed since \\S+: .* answered 500\\n$`,
      ),
    );
    await first.kill();
    on.caller.fail();
    const second = await boot(on);
    await isTold(second);
    assert.equal(on.caller.taken.length, 1);
    assert.equal(second.world.notices.callDelays.size, 0);
  });

  it('is called again by who was killed before it was on record', async (test) => {
    const { on: plain } = await hooked(test);
    const undisturbed = await boot(plain);
    await undisturbed.uploads(sourceUpload());
    await isTold(undisturbed);
    const n = undisturbed.steps.indexOf('webhook.call') + 1;
    for (const when of ['before', 'after'] as const) {
      const { on } = await hooked(test);
      const daemon = await boot(on, { n, when });
      await daemon.uploads(sourceUpload());
      await isTold(daemon);
      assert.ok(daemon.isDead());
      await daemon.kill();
      const next = await boot(on);
      await isTold(next);
      assert.equal(on.caller.taken.length, when === 'before' ? 1 : 2);
      assert.equal(new Set(on.caller.taken.map((call) => JSON.stringify(call))).size, 1);
      await next.kill();
    }
  });

  it('that took nothing for three days is given up', async (test) => {
    const on = await owedTooLong(test);
    const next = await boot(on);
    await isTold(next);
    assert.deepEqual(on.caller.taken, []);
    const [failed] = eventsOf(on, 'NotificationFailed');
    assert.equal(failed?.fact, 'no call was taken for three days: ci.example.org:8443 answered 500');
  });

  it('that was owed a call for longer, by a machine that was off, is called', async (test) => {
    const on = await owedTooLong(test);
    on.caller.fail();
    await isTold(await boot(on));
    assert.equal(on.caller.taken.length, 1);
    assert.deepEqual(eventsOf(on, 'NotificationFailed'), []);
  });

  it('that was removed is not called, and its secret is gone', async (test) => {
    const { on, webhook } = await hooked(test);
    on.caller.fail('nobody is there');
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ notices }) => notices.callDelays.size === 1);
    assert.equal((await run(daemon, { action: 'remove', webhook })).plain, `${webhook} is removed\n`);
    on.caller.fail();
    await isTold(daemon);
    assert.deepEqual(on.caller.taken, []);
    assert.equal(eventsOf(on, 'NotificationSkipped')[0]?.fact, 'the webhook was removed');
    assert.equal(await on.targets.get(webhook as never), undefined);
    assert.equal((await run(daemon, { action: 'list' })).plain, 'no webhooks\n');
    assert.equal((await run(daemon, { action: 'remove', webhook })).rule, 'no-webhook');
  });

  it('is tested by a call that is not news', async (test) => {
    const { on, webhook } = await hooked(test);
    const daemon = await boot(on);
    assert.equal((await run(daemon, { action: 'test', webhook })).plain, `${webhook} took the call\n`);
    assert.deepEqual(bodies(on), [{ kind: 'test', webhook }]);
    on.caller.fail('ci.example.org:8443 answered 404');
    const { rule, fact } = await run(daemon, { action: 'test', webhook });
    assert.deepEqual([rule, fact], ['call-failed', 'ci.example.org:8443 answered 404']);
  });

  it('is a program of this host where it is called by that, and is not signed for', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const would = await run(daemon, { action: 'add', url: 'hook:tell-chat', 'dry-run': 'true' });
    assert.equal(would.plain, 'hook:tell-chat would be told of every package in every distribution\n');
    const { plain } = await run(daemon, { action: 'add', url: 'hook:tell-chat' });
    assert.match(plain ?? '', /^[0-9a-f]{16} runs hook:tell-chat\n$/);
    const [webhook = ''] = (plain ?? '').split(' ');
    assert.match((await run(daemon, { action: 'list' })).plain ?? '', / hook:tell-chat, told of /);
    await run(daemon, { action: 'test', webhook });
    assert.deepEqual(
      on.caller.taken.map(({ target }) => target.url),
      ['hook:tell-chat'],
    );
  });

  it('is at an address of http or https, without a login', async (test) => {
    const daemon = await boot(await machine(test));
    for (const odd of [
      '',
      'ci.example.org',
      'ftp://ci.example.org/',
      'file:///etc/passwd',
      'https://a:b@ci.example.org/',
      'http://ci.example.org:99999/',
      'https://ci.example.org/\nx',
      'hook:',
      'hook:../keys',
      'hook:/bin/sh',
      'hook:a b',
    ]) {
      assert.equal((await run(daemon, { action: 'add', url: odd })).rule, 'bad-argument', odd);
    }
    assert.equal((await run(daemon, { action: 'list' })).plain, 'no webhooks\n');
  });
});
