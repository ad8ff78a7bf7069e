import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../src/domain/account/events.ts';
import type { LoginName, Person } from '../../src/domain/account/person.ts';
import type { Version } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { longestTrial } from '../../src/reactors/notify.ts';
import { activated, approved, keySubmitted, oscar, registered } from '../support/account-examples.ts';
import { acmeConfigured, configured, instanceConfigured, maintainer } from '../support/fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const grover = '00000000000000aa' as AccountId;
const person = (account: AccountId, login: string): Person => ({
  account,
  login: login as LoginName,
  fullName: `${login} of Sesame Street` as Person['fullName'],
  email: `${login}@example.org` as Person['email'],
});
const oscarFollowsHello: DaemonEvent = {
  type: 'SubscriptionAdded',
  account: oscar,
  package: 'hello' as never,
  distribution: null,
};

/** Oscar and Grover have accounts; Oscar follows hello; the people that a `.changes` names may be written to. */
const told: readonly DaemonEvent[] = [
  ...configured,
  { ...instanceConfigured, allowEmailsTo: '@example[.]org$' },
  { ...acmeConfigured, notifyChangedBy: true, notifyMaintainer: true },
  registered,
  activated,
  { type: 'AccountRegistered', account: grover },
  { type: 'AccountActivated', account: grover },
  oscarFollowsHello,
  { type: 'EngineStarted' },
];

const people = {
  fields: { Maintainer: 'Ernie <ernie@example.org>', 'Changed-By': 'Bert <bert@example.org>' },
};

const instance = async (test: TestContext, configuration = told): Promise<Machine> => {
  const on = await machine(test, configuration);
  await on.people.add(person(oscar, 'oscar'));
  await on.people.add(person(grover, 'grover'));
  return on;
};

const isTold = (daemon: Daemon): Promise<boolean> =>
  daemon.until(
    ({ uploads, notices }) => uploads.open.size === 0 && uploads.ended.length > 0 && notices.owed.size === 0,
  );

const mails = ({ mailer }: Machine) => mailer.taken.map(({ to, subject }) => [to.address, subject]);

/** A mail was not taken, and is owed for longer than it is tried when the next life begins. */
const owedTooLong = async (test: TestContext): Promise<Machine> => {
  const on = await instance(test);
  on.mailer.fail('temporary');
  const daemon = await boot(on);
  await daemon.uploads(sourceUpload());
  await daemon.until(({ notices }) => notices.delay !== undefined);
  await daemon.kill();
  on.clock.advance(longestTrial + 1);
  return on;
};

describe('Mail', () => {
  it('tells all who are to be told of a package once apt sees it', async (test) => {
    const on = await instance(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload(people));
    await isTold(daemon);
    const subject = '[mini-buildd-acme] INSTALLED (trixie-acme-unstable): hello 2.10-3~acme13+1 [+amd64 +arm64]';
    assert.deepEqual(mails(on), [
      ['bert@example.org', subject],
      ['ernie@example.org', subject],
      ['oscar@example.org', subject],
    ]);
    const [first] = on.mailer.taken;
    assert.match(
      first?.text ?? '',
      /^amd64 \(Build=successful\): http:\/\/buildd\.example\.org:8066\/log\/acme\/hello\//m,
    );
    assert.match(first?.text ?? '', /^Changes\n-------\nhello \(2\.10-3~acme13\+1\)/m);
    assert.equal(first?.from.address, 'mini-buildd@buildd.example.org');
    assert.deepEqual(daemon.faults, []);
    const record = JSON.stringify(on.store.events.map(({ body }) => body));
    assert.doesNotMatch(record, /@example\.org|bert|Sesame/i);
  });

  it('tells what becomes of the ports that an upload asked for', async (test) => {
    const on = await instance(test);
    const daemon = await boot(on);
    const to = 'trixie-acme-experimental';
    const changelog = `* MINI_BUILDD_OPTION: auto-ports=${to}`;
    const isOver = (count: number): Promise<boolean> =>
      daemon.until(({ notices }) => on.mailer.taken.length === count && notices.owed.size === 0);
    await daemon.uploads(sourceUpload({ changelog }));
    await isOver(2);
    // Its port would have the version of the first one's.
    await daemon.uploads(sourceUpload({ version: '2.10-3~acme13+2' as Version, changelog }));
    await isOver(3);
    assert.deepEqual(
      on.mailer.taken.map(({ text }) => /^Port Report\n-----------\n(.*)$/m.exec(text)?.[1]),
      [`${to}: Requested`, undefined, `${to}: FAILED: ${eventsOf(on, 'PortFailed')[0]?.fact}`],
    );
  });

  it('tells of a failed package which architectures failed', async (test) => {
    const on = await instance(test);
    on.builder.behave(({ architecture }) => (architecture === 'arm64' ? 'fails' : 'succeeds'));
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await isTold(daemon);
    assert.deepEqual(mails(on), [
      ['oscar@example.org', '[mini-buildd-acme] FAILED (trixie-acme-unstable): hello 2.10-3~acme13+1 [+amd64 -arm64]'],
    ]);
    assert.match(on.mailer.taken[0]?.text ?? '', /^Not installed: not built on arm64 \(ftbfs in build: /m);
    assert.deepEqual(
      eventsOf(on, 'NotificationSkipped').map(({ to, fact }) => [to.reason, fact]),
      [
        ['changed-by', 'the .changes holds no such address'],
        ['maintainer', 'the .changes holds no such address'],
      ],
    );
  });

  it('tells one address once, for the first reason', async (test) => {
    const on = await instance(test);
    const daemon = await boot(on);
    await daemon.uploads(
      sourceUpload({ fields: { 'Changed-By': 'Me <OSCAR@example.org>', Maintainer: 'x <x@evil.example>' } }),
    );
    await isTold(daemon);
    assert.deepEqual(
      on.mailer.taken.map(({ to, headers }) => [to.address, headers['X-Mini-Buildd-Reason']]),
      [['OSCAR@example.org', 'changed-by']],
    );
    assert.deepEqual(
      eventsOf(on, 'NotificationSkipped').map(({ to, fact }) => [to.reason, fact]),
      [
        ['maintainer', 'allowEmailsTo does not allow this address'],
        ['subscription', 'told for another reason already'],
      ],
    );
  });

  it('of a rejection goes to the owner of the key, never to whom a stranger names', async (test) => {
    const on = await instance(test, [...told, keySubmitted(maintainer), approved({ fingerprint: maintainer })]);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload({ ...people, signedBy: null }));
    await isTold(daemon);
    assert.deepEqual(mails(on), []);
    await daemon.uploads(sourceUpload({ version: '2.10-3' as Version }));
    await isTold(daemon);
    assert.deepEqual(mails(on), [
      ['oscar@example.org', '[mini-buildd-acme] REJECTED (trixie-acme-unstable): hello 2.10-3'],
    ]);
    assert.match(on.mailer.taken[0]?.text ?? '', /^Rule: version-rule$/m);
    assert.equal(eventsOf(on, 'UploadRejected').length, 2);
  });

  it('goes to nobody whose account was disabled meanwhile', async (test) => {
    const on = await instance(test);
    on.mailer.fail('temporary');
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload());
    await daemon.until(({ notices }) => notices.delay !== undefined);
    await daemon.configure({ type: 'EngineStarted' });
    await daemon.engine.tell(
      { command: 'DisableAccount', account: oscar },
      { actor: { kind: 'administrator', name: 'host' }, causedBy: undefined, correlation: 'host' },
    );
    on.mailer.fail();
    await isTold(daemon);
    assert.deepEqual(mails(on), []);
  });

  it('waits for a server that is away, says so once, and is sent under the same Message-ID after a restart', async (test) => {
    const on = await instance(test);
    on.mailer.fail('temporary');
    const first = await boot(on);
    await first.uploads(sourceUpload(people));
    await first.until(({ notices }) => notices.delay !== undefined);
    on.clock.advance(3600_000);
    await first.rests();
    assert.equal(eventsOf(on, 'NotificationDelayed').length, 1);
    const status = await first.engine.api.run('status', {}, nobody);
    assert.ok(!isLeft(status));
    assert.match(status.right.plain, /^Mail {8}: 3 owed, delayed since \S+: the mail server answered nothing good/m);
    await first.kill();
    on.mailer.fail();
    const second = await boot(on);
    await isTold(second);
    assert.deepEqual(new Set(mails(on).map(([to]) => to)).size, 3);
    assert.equal(on.mailer.taken.length, 3);
    assert.equal(second.world.notices.delay, undefined);
  });

  it('is sent again, the same, by who was killed before it was on record', async (test) => {
    const plain = await instance(test);
    const undisturbed = await boot(plain);
    await undisturbed.uploads(sourceUpload(people));
    await isTold(undisturbed);
    const sends = undisturbed.steps.flatMap((step, index) => (step === 'mailer.send' ? [index + 1] : []));
    assert.equal(sends.length, 3);
    for (const n of sends) {
      for (const when of ['before', 'after'] as const) {
        const on = await instance(test);
        const daemon = await boot(on, { n, when });
        await daemon.uploads(sourceUpload(people));
        await isTold(daemon);
        assert.ok(daemon.isDead());
        await daemon.kill();
        const next = await boot(on);
        await isTold(next);
        assert.equal(on.mailer.taken.length, when === 'before' ? 3 : 4);
        assert.equal(new Set(on.mailer.taken.map(({ messageId }) => messageId)).size, 3);
        assert.equal(new Set(on.mailer.taken.map((mail) => JSON.stringify(mail))).size, 3);
        await next.kill();
      }
    }
  });

  it('that is refused for good is given up, and the others get theirs', async (test) => {
    const on = await instance(test);
    const daemon = await boot(on);
    await daemon.uploads(sourceUpload({ fields: { 'Changed-By': 'Nobody <550@example.org>' } }));
    await isTold(daemon);
    assert.deepEqual(
      mails(on).map(([to]) => to),
      ['oscar@example.org'],
    );
    assert.deepEqual(
      eventsOf(on, 'NotificationFailed').map(({ to, fact }) => [to.reason, fact]),
      [['changed-by', 'the mail server answered 550']],
    );
  });

  it('that nobody took for three days is given up', async (test) => {
    const on = await owedTooLong(test);
    const next = await boot(on);
    await isTold(next);
    assert.deepEqual(mails(on), []);
    const failures = eventsOf(on, 'NotificationFailed').map(({ fact }) => fact);
    assert.match(failures.at(-1) ?? '', /^no mail was taken for three days: the mail server answered nothing good/);
  });

  it('that was owed for longer, by a machine that was off, is sent', async (test) => {
    const on = await owedTooLong(test);
    on.mailer.fail();
    await isTold(await boot(on));
    assert.deepEqual(
      mails(on).map(([to]) => to),
      ['oscar@example.org'],
    );
    assert.deepEqual(eventsOf(on, 'NotificationFailed'), []);
  });
});

const nobody = { actor: { kind: 'anonymous', name: 'anonymous' }, privilege: 'none', shown: 'nothing' } as const;
const asOscar = { actor: { kind: 'account', name: oscar }, privilege: 'login', shown: 'session' } as const;

describe('The command subscription', () => {
  const atWork = async (test: TestContext) => {
    const on = await instance(
      test,
      told.filter((event) => event !== oscarFollowsHello),
    );
    const { engine } = await boot(on);
    return async (action: string, what?: string, caller: typeof asOscar = asOscar) => {
      const answer = await engine.api.run(
        'subscription',
        { action, ...(what === undefined ? {} : { subscription: what }) },
        caller,
      );
      return isLeft(answer)
        ? answer.left.map(({ fact, remedy }) => `${fact}: ${remedy}`).join('; ')
        : answer.right.plain;
    };
  };

  it('adds, lists and removes', async (test) => {
    const say = await atWork(test);
    assert.equal(await say('list'), 'no subscriptions\n');
    assert.equal(await say('add', 'hello:'), "Added: User 'oscar' subscribes to 'hello' in 'any distribution'\n");
    assert.equal(await say('add', 'hello:'), "Exists: User 'oscar' subscribes to 'hello' in 'any distribution'\n");
    await say('add', ':trixie-acme-unstable');
    await say('add', ':');
    assert.equal(
      await say('list'),
      "User 'oscar' subscribes to 'hello' in 'any distribution'\n" +
        "User 'oscar' subscribes to 'any package' in 'trixie-acme-unstable'\n" +
        "User 'oscar' subscribes to 'any package' in 'any distribution'\n",
    );
    assert.equal(await say('list', 'hello:'), "User 'oscar' subscribes to 'hello' in 'any distribution'\n");
    assert.equal(await say('remove', 'hello:'), "Removed: User 'oscar' subscribes to 'hello' in 'any distribution'\n");
    assert.equal(
      await say('remove', 'hello:'),
      'No matching subscriptions (hello:): subscription list shows those you have',
    );
    assert.match(await say('remove', ':'), /^Removed: .*\nRemoved: .*\n$/);
    assert.equal(await say('list'), 'no subscriptions\n');
  });

  it('shows and changes nobody else’s', async (test) => {
    const say = await atWork(test);
    await say('add', 'hello:');
    const asGrover = { ...asOscar, actor: { kind: 'account', name: grover } } as unknown as typeof asOscar;
    assert.equal(await say('list', ':', asGrover), 'no subscriptions\n');
    assert.equal(
      await say('remove', ':', asGrover),
      'No matching subscriptions (:): subscription list shows those you have',
    );
    assert.match(await say('list'), /hello/);
  });

  it('takes nothing that is no PACKAGE:DISTRIBUTION', async (test) => {
    const say = await atWork(test);
    for (const what of ['hello', 'hello:nowhere', 'Hello:', 'a:b:c', 'hello:trixie-acme-unstable\n']) {
      assert.match(await say('add', what), /PACKAGE:DISTRIBUTION/, what);
    }
  });
});
