import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { atWork, passwordOf } from '../support/accounts-at-work.ts';
import { configured, instanceConfigured } from '../support/fixed-examples.ts';
import { plainBrowser } from '../support/plain-browser.ts';

type Fields = Readonly<Record<string, string>>;

/** A form about an account: where it stands, what is wrong with what is typed into it, and which of its fields nobody is shown again. */
type AccountForm = {
  readonly what: string;
  readonly page: string;
  readonly action: string;
  readonly right: Fields;
  readonly wrong: Fields;
  readonly secret: readonly string[];
};

const next = 'a password of their own';
const forms: readonly AccountForm[] = [
  {
    what: 'logs in',
    page: 'login',
    action: 'login?output=html',
    right: { login: 'oscar', password: passwordOf('oscar') },
    wrong: { login: 'oscar', password: 'not this one' },
    secret: ['password'],
  },
  {
    what: 'registers',
    page: 'register',
    action: 'register?output=html',
    right: { login: 'bert', email: 'bert@example.org', name: 'Bert' },
    wrong: { login: 'bert', email: 'no address', name: 'Bert' },
    secret: [],
  },
  {
    what: 'asks for another password',
    page: 'reset',
    action: 'reset?output=html',
    right: { who: 'oscar' },
    wrong: { who: '' },
    secret: [],
  },
  {
    what: 'chooses a password behind a link',
    page: 'link',
    action: 'link?output=html',
    right: { password: next },
    wrong: { password: 'too short' },
    secret: ['password'],
  },
  {
    what: 'changes a password',
    page: 'account',
    action: 'account/password?output=html',
    right: { present: passwordOf('oscar'), next },
    wrong: { present: 'not this one', next },
    secret: ['present', 'next'],
  },
];

/** `of`: that page in the browser of who may use the form; `state`: all that such a form may change. */
const opened = async (test: TestContext, { page }: AccountForm) => {
  const at = await atWork(test, [
    ...configured,
    { ...instanceConfigured, registration: 'open' },
    { type: 'EngineStarted' },
  ]);
  const { url, on, daemon } = at;
  const browser = plainBrowser(url);
  if (page === 'account')
    await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', {
      ...{ login: 'oscar', password: passwordOf('oscar') },
    });
  let path = `/mini_buildd/${page}`;
  if (page === 'link') {
    await plainBrowser(url).post('/mini_buildd/reset?output=html', { who: 'oscar' });
    await daemon.until(() => on.mailer.taken.length === 1);
    path = /(\/mini_buildd\/link\?secret=[\w-]+)$/m.exec(on.mailer.taken[0]?.text ?? '')?.[1] ?? assert.fail('no link');
  }
  await daemon.rests();
  const state = async () => ({
    events: on.store.events.length,
    mails: on.mailer.taken.length,
    mark: await on.people.passwordMark('oscar'),
  });
  return { ...at, browser, shown: await browser.open(path), state };
};

for (const form of forms) {
  const action = `/mini_buildd/${form.action}`;

  describe(`A form that ${form.what}`, () => {
    it('does nothing for another site', async (test) => {
      const { browser, shown, state } = await opened(test, form);
      const before = await state();
      const headers = { origin: 'https://evil.example.org', 'sec-fetch-site': 'cross-site' };
      const sent = await browser.post(action, { ...shown.fields(action), ...form.right }, headers);
      assert.equal(sent.status, 403);
      assert.match(sent.page, /cross-site/);
      assert.deepEqual(await state(), before);
    });

    it('comes back as it was filled in, without secrets, when something is wrong with it', async (test) => {
      const { browser, shown, state } = await opened(test, form);
      const before = await state();
      const sent = await browser.send(shown, action, form.wrong);
      assert.ok([400, 401].includes(sent.status), `${sent.status}`);
      assert.match(sent.page, /role="alert"/);
      const fields = sent.fields(action);
      for (const [name, value] of Object.entries(form.wrong)) {
        const isSecret = form.secret.includes(name);
        assert.equal(fields[name], isSecret ? '' : value, name);
        if (isSecret) assert.ok(!sent.page.includes(value), name);
      }
      assert.deepEqual(await state(), before);
      const again = await browser.send(sent, action, form.right);
      assert.ok(again.status < 400, `${again.status}: ${again.page}`);
    });

    it('does nothing for what is longer than any of it', async (test) => {
      const { browser, shown, state } = await opened(test, form);
      const before = await state();
      const long = Object.fromEntries(Object.keys(form.right).map((name) => [name, 'x'.repeat(100_000)]));
      const sent = await browser.send(shown, action, long);
      assert.ok([400, 401, 413].includes(sent.status), `${sent.status}`);
      assert.deepEqual(await state(), before);
    });
  });
}

describe('A form that changes a password', () => {
  const form = forms.find(({ page }) => page === 'account') ?? assert.fail();
  const action = `/mini_buildd/${form.action}`;

  it('does nothing when its session has ended, or by a form of another one, and repeats no password', async (test) => {
    const { browser, shown, state, on } = await opened(test, form);
    const before = await state();
    const fields = { ...shown.fields(action), ...form.right };
    const strange = await browser.post(action, { ...fields, form_token: 'of another session' });
    assert.equal(strange.status, 403);
    await on.people.closeSessions((await on.people.byLogin('oscar' as never))?.account ?? assert.fail());
    const late = await browser.post(action, fields);
    assert.equal(late.status, 401);
    for (const { page } of [strange, late])
      for (const value of Object.values(form.right)) assert.ok(!page.includes(value), value);
    assert.deepEqual(await state(), before);
  });
});
