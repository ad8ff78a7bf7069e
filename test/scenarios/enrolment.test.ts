import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { isRight } from 'fp-ts/lib/Either.js';
import type { LoginName, Password } from '../../src/domain/account/person.ts';
import type { InstanceConfigured } from '../../src/domain/configuration/events.ts';
import { atWork, basic, bearer, form, type Headers, json, passwordOf } from '../support/accounts-at-work.ts';
import { unescaped } from '../support/administrator-in-browser.ts';
import { configured, instanceConfigured } from '../support/fixed-examples.ts';
import { boot, eventsOf } from '../support/in-memory-daemon.ts';

const hour = 3_600_000;
const day = 24 * hour;
const newPassword = 'a password that bert chose';

/** A daemon where strangers may register, unless it is closed; `post` is what a browser or a program sends. */
const open = async (test: TestContext, registration: InstanceConfigured['registration'] = 'open') => {
  const at = await atWork(test, [...configured, { ...instanceConfigured, registration }, { type: 'EngineStarted' }]);
  const post = async (path: string, fields: object, headers: Headers = json) => {
    const answer = await fetch(`${at.url}/mini_buildd/${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: headers === json ? JSON.stringify(fields) : new URLSearchParams(fields as Record<string, string>),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, rule: /"rule":"([a-z-]+)"/.exec(text)?.[1] };
  };
  const register = (fields: object = {}) =>
    post('register', { login: 'bert', email: 'bert@example.org', name: 'Bert', ...fields });
  const mails = async (count: number) => {
    await at.daemon.until(() => at.on.mailer.taken.length >= count);
    assert.equal(at.on.mailer.taken.length, count);
    return at.on.mailer.taken;
  };
  const link = async (count = 1) => secretIn((await mails(count)).at(-1)?.text);
  const use = (secret: string, password = newPassword) => post('link', { secret, password });
  return { ...at, post, register, mails, link, use };
};

/** A machine on which a daemon was killed while the mail of a registration could not be sent. */
const owing = async (test: TestContext) => {
  const { on, register, daemon, kill } = await open(test);
  on.mailer.fail('temporary');
  assert.equal((await register()).status, 202);
  assert.ok(await daemon.until(() => daemon.faults.some(({ duty }) => duty === 'send-account-mails')));
  await kill();
  on.mailer.fail();
  return { on };
};

const secretIn = (text = ''): string => /\/mini_buildd\/link\?secret=([\w-]+)$/m.exec(text)?.[1] ?? '';

/** What a page offers to a program below "The same elsewhere", sent as it stands: `said` in place of its words in capitals. */
const sentAsOffered = async (url: string, page: string, said: Readonly<Record<string, string>> = {}) => {
  const offered = /<details class="same">[\s\S]*?<\/details>/.exec(page)?.[0] ?? assert.fail(page);
  const entry = (name: string): string =>
    unescaped(new RegExp(`<dt>${name}</dt><dd><code data-copy>([^<]*)</code>`).exec(offered)?.[1] ?? '');
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${entry('curl')}`], { encoding: 'utf8' }).split('\0');
  const [program, option, body = '', address = ''] = words;
  assert.deepEqual([program, option], ['curl', '--json']);
  const sent = body === '@FILE' ? entry('FILE, which only you can read') : body;
  const answer = await fetch(url + new URL(address).pathname, {
    method: 'POST',
    headers: { ...json, accept: 'application/json' },
    body: sent.replace(/"([A-Z ]+)"/g, (_, word: string) => JSON.stringify(said[word] ?? assert.fail(word))),
  });
  return { status: answer.status, answer: await answer.json() };
};

describe('A stranger', () => {
  it('is told by each page how a program does the same, with no password on its command line', async (test) => {
    const { url, post, link, mails, logIn } = await open(test);
    const read = async (path: string) => (await fetch(`${url}/mini_buildd/${path}`)).text();
    const bert = { LOGIN: 'bert', ADDRESS: 'bert@example.org', 'FULL NAME': 'Bert' };
    const isOnItsWay = { status: 202, answer: { mail: 'on its way, if what was said is right' } };
    assert.deepEqual(await sentAsOffered(url, await read('register'), bert), isOnItsWay);
    const secret = await link();
    const page = await (
      await fetch(`${url}/mini_buildd/link?secret=${secret}`, { headers: { accept: 'text/html' } })
    ).text();
    assert.doesNotMatch(page.slice(page.indexOf('class="same"')), new RegExp(secret));
    const used = await sentAsOffered(url, page, { SECRET: secret, PASSWORD: newPassword });
    assert.deepEqual(used, { status: 200, answer: { login: 'bert' } });
    assert.equal((await logIn('bert', newPassword)).status, 200);
    assert.deepEqual(await sentAsOffered(url, await read('reset'), bert), isOnItsWay);
    await mails(2);
    const asked = await post('reset?output=html', { who: 'bert' }, { ...form, origin: url });
    assert.deepEqual(await sentAsOffered(url, asked.text), isOnItsWay);
    await mails(4);
  });

  it('registers, chooses a password behind the link of a mail, and is a user', async (test) => {
    const { register, mails, link, use, logIn, on, url } = await open(test);
    assert.equal((await register()).status, 202);
    const [mail] = await mails(1);
    assert.deepEqual(
      [mail?.to, mail?.subject, mail?.from.address, mail?.headers],
      [
        { name: '', address: 'bert@example.org' },
        '[mini-buildd (acme)] User Registration',
        'mini-buildd@buildd.example.org',
        { 'Auto-Submitted': 'auto-generated' },
      ],
    );
    assert.match(
      mail?.text ?? '',
      /the account "bert"[\s\S]+ {2}http:\/\/buildd\.example\.org:8066\/mini_buildd\/link\?secret=[\w-]{43}\n/,
    );
    assert.equal(eventsOf(on, 'AccountRegistered').length, 3, 'a stranger made an event');
    const secret = await link();
    for (let looks = 0; looks < 3; looks += 1) {
      const page = await (await fetch(`${url}/mini_buildd/link?secret=${secret}`)).text();
      assert.match(page, /Choose a password for bert/);
    }
    assert.equal((await use(secret)).status, 200);
    assert.equal((await logIn('bert', newPassword)).status, 200);
    const { privilege, role, email, fullName } = (await (
      await fetch(`${url}/mini_buildd/api/whoami`, { headers: basic('bert', newPassword) })
    ).json()) as Record<string, string>;
    assert.deepEqual([privilege, role, email, fullName], ['login', 'user', 'bert@example.org', 'Bert']);
  });

  it('uses the link once, and within three days', async (test) => {
    const { register, link, use, on, logIn, url } = await open(test);
    await register();
    const secret = await link();
    on.clock.leap(3 * day - 1000);
    assert.equal((await use(secret)).status, 200);
    const again = await use(secret, 'another password of somebody');
    assert.deepEqual([again.status, again.rule], [403, 'wrong-link']);
    assert.equal((await logIn('bert', newPassword)).status, 200);
    await register({ login: 'grover', email: 'grover@example.org' });
    const late = await link(2);
    on.clock.leap(3 * day);
    assert.equal((await use(late)).rule, 'wrong-link');
    assert.equal((await fetch(`${url}/mini_buildd/link?secret=${late}`)).status, 403);
  });

  it('gets the mail also when the daemon was killed before it went out, and when right after the same one again', async (test) => {
    const dry = await boot((await owing(test)).on);
    await dry.rests();
    const sending = dry.steps.indexOf('mailer.send') + 1;
    await dry.kill();
    const { on } = await owing(test);
    const cut = await boot(on, { n: sending, when: 'after' });
    await cut.rests();
    assert.deepEqual([cut.isDead(), on.mailer.taken.length], [true, 1]);
    for (let lives = 0; lives < 2; lives += 1) {
      const next = await boot(on);
      await next.rests();
      await next.kill();
    }
    const [first, second, ...more] = on.mailer.taken;
    assert.deepEqual([second, more], [first, []]);
    const last = await boot(on);
    const used = await last.engine.enrolment.useLink(secretIn(first?.text), newPassword as Password, '192.0.2.1');
    assert.ok(isRight(used));
    await last.kill();
  });

  it('cannot where registration is closed, not even by a link of before', async (test) => {
    const closed = await open(test, 'closed');
    assert.deepEqual([(await closed.register()).rule, closed.on.mailer.taken.length], ['registration-closed', 0]);
    assert.equal((await fetch(`${closed.url}/mini_buildd/register`)).status, 404);
    const { register, link, use, daemon, on } = await open(test);
    await register();
    const secret = await link();
    await daemon.configure({ ...instanceConfigured, registration: 'closed' });
    assert.equal((await use(secret)).rule, 'registration-closed');
    assert.equal(await on.people.byLogin('bert' as LoginName), undefined);
  });

  it('cannot tell who has an account, and the mail tells its reader alone', async (test) => {
    const { register, post, mails } = await open(test);
    const answers = [
      await register({ login: 'oscar', email: 'mallory@example.org' }),
      await register({ login: 'mallory', email: 'OSCAR@example.org' }),
      await register({ login: 'mallory', email: 'mallory2@example.org' }),
      await post('reset', { who: 'oscar' }),
      await post('reset', { who: 'nobody' }),
    ];
    for (const { status, text } of answers) assert.deepEqual([status, text], [202, answers[0]?.text]);
    const sent = (await mails(4)).map(({ to, text }) => [
      to.address,
      /The name is taken|You have one already: "oscar"|link\?secret/.exec(text)?.[0],
    ]);
    assert.deepEqual(sent, [
      ['mallory@example.org', 'The name is taken'],
      ['oscar@example.org', 'You have one already: "oscar"'],
      ['mallory2@example.org', 'link?secret'],
      ['oscar@example.org', 'link?secret'],
    ]);
  });

  it('floods nobody with mail', async (test) => {
    const { register, on, daemon } = await open(test);
    const seen: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const { status, headers } = await register({ login: `bert${n}`, email: `bert${n}@example.org` });
      seen.push(status);
      if (status === 429) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/);
    }
    assert.deepEqual(seen, [202, 202, 202, 202, 202, 429, 429, 429]);
    on.clock.advance(5 * hour);
    for (const expected of [202, 202, 202, 429])
      assert.equal((await register({ email: 'victim@example.org' })).status, expected);
    await daemon.rests();
    assert.equal(on.mailer.taken.filter(({ to }) => to.address === 'victim@example.org').length, 3);
  });

  it('does not guess links', async (test) => {
    const { use } = await open(test);
    const seen = { 403: 0, 429: 0 } as Record<number, number>;
    for (let n = 0; n < 50; n += 1) {
      const { status } = await use(String(n).padStart(43, 'A'));
      seen[status] = (seen[status] ?? 0) + 1;
    }
    assert.deepEqual(seen, { 403: 20, 429: 30 });
  });

  for (const [what, fields] of [
    ['a login with capital letters', { login: 'Bert' }],
    ['a login that is a path', { login: '../bert' }],
    ['no login', { login: '' }],
    ['no address', { email: '' }],
    ['two addresses', { email: 'bert@example.org,mallory@example.org' }],
    ['an address with another line', { email: 'bert@example.org\nBcc: all@example.org' }],
    ['a name with another line', { name: 'Bert\r\nBcc: all@example.org' }],
    ['a list for a login', { login: ['bert'] }],
    ['an object for an address', { email: { toString: 'bert@example.org' } }],
  ] as const) {
    it(`does not register with ${what}`, async (test) => {
      const { register, on } = await open(test);
      assert.deepEqual([(await register(fields)).status, on.mailer.taken.length], [400, 0]);
    });
  }

  it('does not register by hostile bodies', async (test) => {
    const { url } = await open(test);
    for (const [body, status] of [
      ['{"login":', 400],
      ['[1,2]', 400],
      ['"bert"', 400],
      ['{"__proto__":{"login":"bert","email":"bert@example.org"}}', 400],
      [`{"login":"${'x'.repeat(100_000)}"}`, 413],
      [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 400],
    ] as const) {
      const answer = await fetch(`${url}/mini_buildd/register`, { method: 'POST', headers: json, body });
      assert.equal(answer.status, status, body.slice(0, 40));
    }
  });

  it('is not registered by another site’s page', async (test) => {
    const { post } = await open(test);
    for (const path of ['register', 'reset', 'link']) {
      const fields = { login: 'bert', email: 'bert@example.org', who: 'oscar', secret: 'x', password: newPassword };
      assert.equal((await post(path, fields, { ...form, origin: 'https://evil.example.org' })).status, 403);
      assert.equal((await post(path, fields, form)).status, 403);
    }
  });
});

describe('Somebody who lost their password', () => {
  it('gets another one by mail, which ends sessions, tokens and other links', async (test) => {
    const { post, link, use, logIn, run } = await open(test);
    const { cookie } = await logIn('oscar');
    const token = (await run('token', { action: 'issue' }, basic('oscar'))).body.secret;
    assert.equal((await post('reset', { who: 'oscar' })).status, 202);
    const first = await link();
    assert.equal((await post('reset', { who: 'Oscar@Example.org' })).status, 202);
    const second = await link(2);
    assert.notEqual(first, second);
    assert.equal((await use(second)).status, 200);
    assert.equal((await use(first)).rule, 'wrong-link');
    assert.equal((await run('whoami', {}, { cookie })).body.login, null);
    assert.equal((await run('whoami', {}, bearer(token))).status, 401);
    assert.equal((await logIn('oscar', passwordOf('oscar'))).status, 401);
    assert.equal((await logIn('oscar', newPassword)).status, 200);
  });

  it('goes on with the same link after the daemon was killed in the middle', async (test) => {
    const { post, link, kill, on, run } = await open(test);
    await run('token', { action: 'issue' }, basic('oscar'));
    await post('reset', { who: 'oscar' });
    const secret = await link();
    await kill();
    const cut = await boot(on);
    const steps = cut.steps.length;
    await cut.kill();
    const dying = await boot(on, { n: steps + 1, when: 'after' });
    void dying.engine.enrolment.useLink(secret, newPassword as Password, '192.0.2.1');
    await dying.until(() => dying.isDead());
    assert.equal(eventsOf(on, 'TokenRevoked').length, 1);
    assert.equal(await on.people.checkPassword('oscar', newPassword), undefined);
    const next = await boot(on);
    assert.ok(isRight(await next.engine.enrolment.useLink(secret, newPassword as Password, '192.0.2.1')));
    assert.ok(await on.people.checkPassword('oscar', newPassword));
    await next.kill();
  });

  it('gets none when the account is disabled, before or after the mail', async (test) => {
    const { post, link, use, run, on, daemon } = await open(test);
    await post('reset', { who: 'oscar' });
    const secret = await link();
    await run('user', { action: 'disable', login: 'oscar' }, basic('adam'));
    assert.equal((await use(secret)).rule, 'wrong-link');
    assert.equal((await post('reset', { who: 'oscar' })).status, 202);
    await daemon.rests();
    assert.equal(on.mailer.taken.length, 1);
  });

  it('gets no mail any more once they are erased, though it was owed', async (test) => {
    const { post, run, on, daemon } = await open(test);
    on.mailer.fail('temporary');
    await post('reset', { who: 'oscar' });
    assert.ok(await daemon.until(() => daemon.faults.some(({ duty }) => duty === 'send-account-mails')));
    await run('user', { action: 'disable', login: 'oscar' }, basic('adam'));
    await run('user', { action: 'erase', login: 'oscar' }, basic('adam'));
    on.mailer.fail();
    on.clock.advance(10 * 60_000);
    await daemon.rests();
    assert.deepEqual([on.mailer.taken, await on.people.owedMails()], [[], []]);
  });

  it('is shown the way at the page to log in', async (test) => {
    const { url } = await open(test);
    const page = await (await fetch(`${url}/mini_buildd/login`)).text();
    assert.match(page, /href="\/mini_buildd\/reset"/);
    const way = await (await fetch(`${url}/mini_buildd/reset`)).text();
    assert.match(way, /href="\/mini_buildd\/register"/);
    for (const path of ['reset', 'register']) {
      assert.match(
        await (await fetch(`${url}/mini_buildd/${path}`)).text(),
        new RegExp(`action="/mini_buildd/${path}`),
      );
    }
  });
});

describe('Secrets and persons', () => {
  it('of registrations and links stand in no event', async (test) => {
    const { register, post, link, use, on } = await open(test);
    await register();
    const [one] = [await link()];
    await use(one);
    await post('reset', { who: 'bert' });
    await use(await link(2), 'yet another password');
    const log = JSON.stringify(on.store.events);
    for (const word of ['bert', 'Bert', one, newPassword]) assert.ok(!log.includes(word), word);
  });
});
