import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { passwordOf } from '../support/accounts-at-work.ts';
import { browserOf, inBrowser, typedOn, unescaped } from '../support/administrator-in-browser.ts';
import { armoredKey, maintainer } from '../support/fixed-examples.ts';
import { plainBrowser } from '../support/plain-browser.ts';

/** A form of administration: where its page is, where it is sent, and what is typed into it. */
type FormKind = {
  readonly what: string;
  readonly page?: string;
  readonly action: string;
  readonly typed: Readonly<Record<string, readonly string[]>>;
  /** What another administrator sends in between, so that the first one has to look again; each has its own place of the kind. */
  readonly other?: Readonly<Record<string, readonly string[]>>;
};

const document = (name: string) => `# typed here\nrepositories: {${name}: {codenames: [trixie], layout: Default}}\n`;
const forms: readonly FormKind[] = [
  { what: 'adds an object', page: '/add/sources', action: '/add/sources', typed: { _name: ['typed-here'] } },
  {
    what: 'changes an object',
    page: '/repositories/acme/edit',
    action: '/repositories/acme/edit',
    typed: { validForDays: ['7'] },
    other: { validForDays: ['21'] },
  },
  { what: 'removes an object', action: '/chroots/trixie-arm64/remove', typed: {} },
  {
    what: 'edits the whole configuration',
    page: '/configuration',
    action: '/configuration',
    typed: { text: [document('mine')] },
    other: { text: [document('theirs')] },
  },
  {
    what: 'applies what the wizard came to',
    action: '/welcome/apply',
    typed: { text: [document('mine')], _repository: ['mine'] },
  },
  { what: 'hands in a key', action: '/welcome/key', typed: { key: [armoredKey(maintainer)], _repository: ['acme'] } },
  { what: 'answers the wizard', page: '/welcome', action: '/welcome', typed: { repository: ['typedhere'] } },
];

/** As long as a form may be: written into another it is three times that. */
const longText = `# ${'&='.repeat(41_000)}\n`;

const opened = async (test: TestContext, { page, typed }: FormKind) => {
  const at = await browserOf(test);
  const form = page === undefined ? {} : typedOn((await at.see(page)).page);
  /** What people had recorded: duties go on with theirs meanwhile. */
  const events = () => at.on.store.events.filter(({ actor }) => actor.kind !== 'duty').length;
  return { ...at, fields: { ...form, ...typed }, events };
};

const holds = (page: string, typed: FormKind['typed']): void => {
  for (const [name, [value = '']] of Object.entries(typed)) {
    const shown = typedOn(page)[name]?.[0] ?? '';
    assert.equal(shown.trim(), value.trim(), `${name} is lost in ${page.slice(0, 3000)}`);
  }
};

const applying = { _step: ['apply'], _agreed: ['what was agreed to over another state of things'] };

for (const kind of forms)
  describe(`A form that ${kind.what}`, () => {
    const { action, typed, other } = kind;

    it('loses nothing when its session has ended, and does nothing', async (test) => {
      const { on, send, fields, events, url } = await opened(test, kind);
      const adam = (await on.people.byLogin('adam' as never))?.account ?? assert.fail();
      await on.people.closeSessions(adam);
      const before = events();
      const late = await send(action, { ...fields, ...applying });
      assert.equal(late.status, 401);
      const kept = JSON.parse(unescaped(/name="kept" value="([^"]*)"/.exec(late.page)?.[1] ?? '{}'));
      const whole = new URLSearchParams(kept['whole form']);
      for (const [name, [value]] of Object.entries(typed)) assert.equal(whole.get(name), value, name);
      assert.equal(whole.get('_agreed'), null);
      const again = await plainBrowser(url).post('/mini_buildd/login?output=html', {
        ...{ login: 'adam', password: passwordOf('adam') },
        next: `/mini_buildd/administration${action}`,
        kept: JSON.stringify({ 'whole form': `${kept['whole form']}&_step=apply&_agreed=made+up` }),
      });
      assert.equal(again.status, 200, again.page);
      // Answers go on to the document that they come to.
      if (action === '/welcome') assert.match(unescaped(again.page), /repositories:\n {2}typedhere:/);
      else holds(again.page, typed);
      assert.equal(again.path, `/mini_buildd/administration${action}`);
      assert.equal(events(), before);
    });

    it('loses nothing when somebody logged in anew meanwhile, and does nothing until it is sent once more', async (test) => {
      const { send, fields, events } = await opened(test, kind);
      const before = events();
      const strange = await send(action, { ...fields, ...applying, form_token: ['of another session'] });
      assert.equal(strange.status, 403);
      holds(strange.page, typed);
      assert.deepEqual(typedOn(strange.page)._agreed, undefined);
      assert.equal(events(), before);
      const again = await send(action, typedOn(strange.page));
      assert.ok([200, 303, 400].includes(again.status), `${again.status}`);
      // Answers go on to the document that they come to.
      if (action === '/welcome') assert.match(unescaped(again.page), /repositories:\n {2}typedhere:/);
      else if (again.status !== 303) holds(again.page, typed);
    });

    it('does nothing where it comes to something else than what was agreed to, and is shown again', async (test) => {
      const { send, fields, events } = await opened(test, kind);
      const before = events();
      const stale = await send(action, { ...fields, ...applying });
      // The wizard's questions are agreed to on another page.
      assert.equal(stale.status, action === '/welcome' ? stale.status : 409);
      if (action !== '/welcome') holds(stale.page, typed);
      assert.equal(events(), before);
    });

    if (other !== undefined)
      it('does not overrule another administrator who was faster, and shows what they did', async (test) => {
        const { send, fields, url, logIn, events } = await opened(test, kind);
        const looked = await send(action, { ...fields, _step: ['show'] });
        const agreed = typedOn(looked.page);
        const faster = await inBrowser({ url, logIn }, 'adam');
        const theirs = await faster.send(action, { ...fields, ...other, _step: ['show'] });
        const done = await faster.send(action, { ...typedOn(theirs.page), _step: ['apply'] });
        assert.equal(done.status, 303, theirs.page.slice(-2000));
        const before = events();
        const late = await send(action, { ...agreed, _step: ['apply'] });
        assert.equal(late.status, 409);
        holds(late.page, typed);
        assert.match(unescaped(late.page), /adam/);
        assert.equal(events(), before);
      });
  });

describe('The longest form', () => {
  it('loses nothing when its session has ended', async (test) => {
    const kind = forms.find(({ action }) => action === '/configuration') ?? assert.fail();
    const { on, send, fields, url } = await opened(test, kind);
    await on.people.closeSessions((await on.people.byLogin('adam' as never))?.account ?? assert.fail());
    const late = await send(kind.action, { ...fields, text: [longText] });
    assert.equal(late.status, 401);
    const again = await plainBrowser(url).post('/mini_buildd/login?output=html', {
      ...{ login: 'adam', password: passwordOf('adam'), next: `/mini_buildd/administration${kind.action}` },
      kept: unescaped(/name="kept" value="([^"]*)"/.exec(late.page)?.[1] ?? ''),
    });
    assert.equal(again.status, 200);
    holds(again.page, { text: [longText] });
    const longer = await send(kind.action, { ...fields, text: [longText + longText] });
    assert.equal(longer.status, 413);
  });
});
