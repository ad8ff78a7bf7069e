import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import { accountReader } from '../../src/app/tell.ts';
import type { Caller } from '../../src/domain/account/caller.ts';
import { saidBeyond } from '../../src/ports/api.ts';
import { servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { because, passwordOf, personOf } from '../support/accounts-at-work.ts';
import { type Asked, atWork, meantBy, story } from '../support/every-command.ts';
import { ernie } from '../support/fixed-examples.ts';
import { plainBrowser } from '../support/plain-browser.ts';

/** The instance of the story of all commands behind its pages, with a second administrator: `eva`. */
const served = async (test: TestContext) => {
  const state = await atWork(test);
  const { on, daemon } = state;
  const log = openMemoryLog(on.store, on.clock.now);
  const added = await addAccount(personOf('eva', 'admin'), on.people, accountReader(log), daemon.engine.tell, because);
  assert.ok(!isLeft(added));
  const eva: Caller = { actor: { kind: 'account', name: added.right }, privilege: 'admin', shown: 'session' };
  const confinement = { network: true, processes: true, bounds: true } as const;
  const place = { builder: ernie, room: 4, tags: [] };
  const pages = servedPages(daemon.engine, log, { confinement, place, clock: on.clock });
  const { url } = await serve(test, { ...pages, log, liveLog: daemon.engine.liveLog, files: on.files });
  const browserOf = async (login: string) => {
    const browser = plainBrowser(url);
    await logIn(browser, await browser.open('/mini_buildd/login'), login);
    return browser;
  };
  /** What people did; what they began goes on by itself. */
  const events = () => on.store.events.filter(({ actor }) => actor.kind === 'account').length;
  return { state, browserOf, events, eva };
};
type Browser = ReturnType<typeof plainBrowser>;
type Shown = Awaited<ReturnType<Browser['open']>>;

const logIn = (browser: Browser, at: Shown, login: string): Promise<Shown> =>
  browser.send(at, '/mini_buildd/login?output=html', { login, password: passwordOf(login) });

const formOf = (command: string): string => `/mini_buildd/commands/${command}`;

const holds = (shown: Shown, command: string, typed: Readonly<Record<string, string>>): void => {
  const held = shown.fields(formOf(command));
  for (const [name, value] of Object.entries(typed))
    assert.equal(held[name]?.trim(), value.trim(), `${command} loses ${name}: ${JSON.stringify(held).slice(0, 500)}`);
};

/** What is typed for a line of the story: what a form has by itself is not. */
const typedFor = (line: Asked, { state }: Awaited<ReturnType<typeof served>>): Readonly<Record<string, string>> => {
  const command = state.daemon.engine.api.commands.find(({ name }) => name === line[0]) ?? assert.fail(line[0]);
  return saidBeyond(command, meantBy(line, state));
};

/** The first deed of each command in the story: what its form is filled in with. */
const deeds: readonly Asked[] = [
  ...Map.groupBy(
    story.filter(([, , becomes]) => becomes === 'done'),
    ([command]) => command,
  ).values(),
].map(([first]) => first as Asked);

/** Whatever goes on by itself is behind us. */
const quiet = async ({ state }: Awaited<ReturnType<typeof served>>): Promise<void> => state.daemon.rests();

describe('The form of every command', () => {
  // Nothing is done in it: one instance serves all of these.
  let at: Awaited<ReturnType<typeof served>>;
  const ends: (() => unknown)[] = [];
  before(async () => {
    at = await served({ after: (end: () => unknown) => void ends.push(end) } as never);
    await quiet(at);
  });
  after(async () => {
    for (const end of ends.toReversed()) await end();
  });

  it('is there for every command that changes something', async () => {
    const { state } = at;
    const changing = state.daemon.engine.api.commands.filter(({ changes }) => changes).map(({ name }) => name);
    assert.deepEqual(deeds.map(([command]) => command).toSorted(), changing.toSorted());
  });

  it('loses nothing when its session has ended, and does nothing before it is sent once more', async () => {
    const browser = await at.browserOf('adam');
    const events = at.events();
    for (const line of deeds) {
      const [command] = line;
      // Other instances ask for it, who have no session.
      if (command === 'introduce') continue;
      const typed = typedFor(line, at);
      const form = await browser.open(formOf(command));
      browser.forgetCookies();
      const asked = await browser.send(form, formOf(command), { ...typed, confirm: command, plan_seen: 'made up' });
      assert.equal(asked.status, 401, command);
      assert.match(asked.page, /name="password"/, command);
      const again = await logIn(browser, asked, 'adam');
      assert.equal(again.status, 200, command);
      holds(again, command, typed);
      const held = again.fields(formOf(command));
      assert.equal(held.plan_seen, undefined, `${command} would be done without another look`);
    }
    assert.equal(at.events(), events);
  });

  it('loses nothing when somebody logged in anew meanwhile, and does nothing by what was seen before', async () => {
    const [browser, other] = [await at.browserOf('adam'), await at.browserOf('eva')];
    const events = at.events();
    for (const line of deeds) {
      const [command] = line;
      const typed = typedFor(line, at);
      const form = await other.open(formOf(command));
      const strange = await browser.send(form, formOf(command), { ...typed, confirm: command, plan_seen: 'made up' });
      assert.equal(strange.status, 403, command);
      holds(strange, command, typed);
    }
    assert.equal(at.events(), events);
  });

  it('does nothing by a plan that is none, and shows the one there is', async () => {
    const browser = await at.browserOf('adam');
    const events = at.events();
    let shown = 0;
    for (const line of deeds) {
      const [command] = line;
      const typed = typedFor(line, at);
      const stale = await browser.send(await browser.open(formOf(command)), formOf(command), {
        ...typed,
        confirm: command,
        plan_seen: 'of another state of things',
      });
      assert.ok(stale.status >= 400, `${command}: ${stale.status}`);
      holds(stale, command, typed);
      if (stale.status === 409 && stale.fields(formOf(command)).plan_seen !== undefined) shown += 1;
    }
    assert.equal(at.events(), events);
    // What others in the story have to do first is refused instead.
    assert.ok(shown > 20, `${shown} plans`);
  });
});

describe('A deed of any command', () => {
  it('does not overrule another administrator who was faster', { timeout: 600_000 }, async (test) => {
    const at = await served(test);
    await quiet(at);
    // What the story has of one's own is adam's, who is faster.
    const { browserOf, state, eva } = at;
    const { api } = state.daemon.engine;
    const slow = await browserOf('eva');
    const { form_token = '' } = (await slow.open(formOf('migrate'))).fields(formOf('migrate'));
    const planFor = async (command: string, given: Readonly<Record<string, string>>) => {
      const plan = await api.run(command, { ...given, 'dry-run': 'true' }, eva);
      return isLeft(plan) ? plan.left[0]?.rule : plan.right.sum;
    };
    let overtaken = 0;
    for (const line of story.filter(([, , becomes]) => becomes === 'done')) {
      const [command] = line;
      const typed = typedFor(line, at);
      const what = `${command} ${JSON.stringify(typed)}`;
      const seen = await slow.post(formOf(command), { output: 'html', form_token, ...typed });
      const before = await planFor(command, typed);
      const done = await api.run(command, typed, state.adam);
      assert.ok(!isLeft(done), `${what}: ${JSON.stringify(done)}`);
      await quiet(at);
      if (seen.status !== 200) {
        assert.ok(personal.has(command), `${what}: ${seen.status}`);
        continue;
      }
      // It comes to the same still, as another token does: nothing that was seen is overruled.
      if ((await planFor(command, typed)) === before) continue;
      const events = at.events();
      const late = await slow.send(seen, formOf(command));
      assert.ok(late.status >= 400, `${what}: ${late.status}`);
      holds(late, command, typed);
      assert.equal(at.events(), events, `${what} was done though it came to something else`);
      overtaken += 1;
    }
    assert.ok(overtaken > 25, `${overtaken} were overtaken`);
  });
});

/** What is about who asks. */
const personal: ReadonlySet<string> = new Set(['token', 'subscription', 'setuserkey']);
