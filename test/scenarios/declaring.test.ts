import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passwordOf } from '../support/accounts-at-work.ts';
import { browserOf, inBrowser, typedOn, unescaped } from '../support/administrator-in-browser.ts';
import { asks } from '../support/asks.ts';
import { plainBrowser } from '../support/plain-browser.ts';

const bookworm = { codenames: ['bookworm'], repository: ['main'] };

describe('Who declares something in a browser', () => {
  it('sees the lines of YAML that go and come, marked by sign and element', async (test) => {
    const { see, send } = await browserOf(test);
    const typed = { ...typedOn((await see('/repositories/acme/edit')).page), validForDays: ['7'] };
    const { page } = await send('/repositories/acme/edit', { ...typed, _step: ['show'] });
    assert.match(unescaped(page), /@@ repositories: acme:/);
    assert.match(page, /<del>- {4}validForDays: 14\n<\/del><ins>\+ {4}validForDays: 7\n<\/ins>/);
    assert.match(
      page,
      /role="status"[^>]*>1 repository changes\. Of the configuration as YAML, 1 line goes, 1 line comes\./,
    );
    assert.match(page, /aria-label="The configuration as YAML, line by line: 1 line goes, 1 line comes"/);
  });

  it('unfolds a document larger than one look, and is told how to see what a page has no room for', async (test) => {
    const { see, send } = await browserOf(test);
    const typed = typedOn((await see('/configuration')).page);
    const shown = async (many: number): Promise<string> => {
      const names = Array.from({ length: many }, (_, index) => `      - package-${index}`).join('\n');
      const chroots = `chroots:\n  trixie-amd64:\n    include:\n${names}\n`;
      const { page } = await send('/configuration', { ...typed, text: [chroots], _step: ['show'] });
      assert.match(page, new RegExp(`1 chroot changes\\. .*${many} lines come`));
      return page;
    };
    const unfolded = await shown(200);
    assert.match(unfolded, /<summary>\d+ more lines<\/summary>[\s\S]*package-199\n<\/ins>/);
    assert.doesNotMatch(unfolded, /apply --dry-run<\/code> shows/);
    const large = await shown(700);
    assert.match(large, /and \d+ more, which <code>mini-buildd-tool … apply --dry-run<\/code> shows/);
    assert.ok(large.length < 60_000, String(large.length));
  });

  it('is told while typing in the whole configuration', async (test) => {
    const { see, send } = await browserOf(test);
    const typed = typedOn((await see('/configuration')).page);
    const told = async (text: string) =>
      JSON.parse((await send('/check/configuration', { ...typed, text: [text] })).page) as Told;
    const broken = await told('sources: [');
    assert.match(broken.parts.faults, /line 1/);
    assert.match(broken.parts.summary, /Nothing can be applied yet: one thing is wrong/);
    assert.equal(broken.parts.agreement, '');
    const unknown = await told('repositories:\n  acme:\n    layout: Nowhere\n');
    assert.match(unescaped(unknown.parts.faults), /Nowhere/);
    const right = await told('repositories:\n  acme:\n    validForDays: 7\n');
    assert.match(right.parts.difference, /<ins>\+ {4}validForDays: 7/);
    assert.match(right.parts.agreement, /name="_agreed"/);
    const markup = await told('repositories:\n  "<img src=x onerror=alert(1)>": {}\n');
    assert.doesNotMatch(JSON.stringify(markup), /<img/);
  });

  it('applies what was shown while typing, without asking once more', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const typed = {
      ...typedOn((await see('/configuration')).page),
      text: ['repositories: { acme: { validForDays: 7 } }'],
    };
    const { parts } = JSON.parse((await send('/check/configuration', typed)).page) as Told;
    const done = await send('/configuration', { ...typed, ...typedOn(parts.agreement), _step: ['apply'] });
    assert.equal(done.status, 303);
    assert.equal(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 7);
  });

  it('is told while answering the wizard, and without scripts by a button', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const asked = { ...typedOn((await see('/welcome')).page), ...bookworm };
    const wrong = JSON.parse((await send('/check/welcome', { ...asked, repository: ['Main Thing'] })).page) as Told;
    assert.match(wrong.faults.repository ?? '', /lower case letters/);
    const right = JSON.parse((await send('/check/welcome', asked)).page) as Told;
    assert.deepEqual(right.faults, {});
    assert.match(right.parts.difference, /<ins>\+ {2}main:/);
    assert.equal(right.parts.agreement, '', 'what is agreed to is the document, on the next page');
    const checked = await send('/welcome', { ...asked, _step: ['check'] });
    assert.equal(checked.status, 200);
    assert.match(checked.page, /aria-current="step">What it is for/);
    assert.match(checked.page, /<ins>\+ {2}main:/);
    assert.deepEqual(typedOn(checked.page).repository, ['main']);
    assert.equal(daemon.world.configuration.repositories.has('main' as never), false);
  });

  it('finds nothing to do for a wizard that was answered so before', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const asked = { ...typedOn((await see('/welcome')).page), ...bookworm };
    const review = await send('/welcome', asked);
    assert.equal((await send('/welcome/apply', { ...typedOn(review.page), _step: ['apply'] })).status, 303);
    const before = JSON.stringify(await asks(daemon, 'export'));
    const again = await send('/welcome', asked);
    assert.match(again.page, /Nothing: it is so already/);
    assert.doesNotMatch(again.page, /Apply this/);
    assert.match(again.page, /See how repository main does/);
    assert.equal(JSON.stringify(await asks(daemon, 'export')), before);
    const other = await send('/welcome', { ...asked, layout: ['Debian Developer'] });
    assert.equal(other.status, 400);
    assert.match(other.page, /there is a repository main already/);
  });

  it('is told what another one made of the configuration meanwhile, and loses nothing typed', async (test) => {
    const { see, send, daemon, ...at } = await browserOf(test);
    const opened = typedOn((await see('/configuration')).page);
    const mine = { ...opened, text: ['# mine\nrepositories: { acme: { validForDays: 7 } }\n'] };
    const other = await inBrowser(at, 'adam');
    const theirs = { ...opened, text: ['repositories: { acme: { externalHomeUrl: https://example.org/ } }'] };
    const seen = await other.send('/configuration', { ...theirs, _step: ['show'] });
    assert.equal((await other.send('/configuration', { ...typedOn(seen.page), _step: ['apply'] })).status, 303);
    const told = JSON.parse((await send('/check/configuration', mine)).page) as Told;
    assert.match(unescaped(told.parts.meanwhile), /This is what adam did:/);
    assert.match(unescaped(told.parts.meanwhile), /externalHomeUrl: null → "https:\/\/example.org\/"/);
    assert.equal(told.parts.agreement, '', 'it has to be seen before it is overruled');
    const shown = await send('/configuration', { ...mine, _step: ['apply'], _agreed: ['what stood there before'] });
    assert.equal(shown.status, 409);
    assert.match(unescaped(shown.page), /This is what adam did:/);
    assert.deepEqual(typedOn(shown.page).text, mine.text);
    assert.equal((await send('/configuration', { ...typedOn(shown.page), _step: ['apply'] })).status, 303);
    const acme = daemon.world.configuration.repositories.get('acme' as never);
    assert.deepEqual([acme?.validForDays, acme?.externalHomeUrl], [7, 'https://example.org/']);
  });

  it('is told the same on the last page of the wizard', async (test) => {
    const { see, send, daemon, ...at } = await browserOf(test);
    const review = await send('/welcome', { ...typedOn((await see('/welcome')).page), ...bookworm });
    const other = await inBrowser(at, 'adam');
    const theirForm = { ...typedOn((await other.see('/repositories/acme/edit')).page), validForDays: ['21'] };
    const theirs = await other.send('/repositories/acme/edit', { ...theirForm, _step: ['show'] });
    await other.send('/repositories/acme/edit', { ...typedOn(theirs.page), _step: ['apply'] });
    const late = await send('/welcome/apply', { ...typedOn(review.page), _step: ['apply'] });
    assert.equal(late.status, 409);
    assert.match(unescaped(late.page), /validForDays: 14 → 21/);
    assert.deepEqual(typedOn(late.page).text, typedOn(review.page).text);
    assert.equal(daemon.world.configuration.repositories.has('main' as never), false);
    assert.equal((await send('/welcome/apply', { ...typedOn(late.page), _step: ['apply'] })).status, 303);
    assert.equal(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 21);
  });

  it('loses nothing of the wizard or the whole configuration when the session ends in the middle', async (test) => {
    const { see, send, on, url } = await browserOf(test);
    const text = '# mine\nrepositories: {}\n';
    /** What is sent to each, and what has to be there after the login: the wizard goes on to what was asked for. */
    const forms = {
      '/welcome': [
        { ...typedOn((await see('/welcome')).page), ...bookworm },
        { _repository: /^main$/, text: /^ {2}bookworm:$/m },
      ],
      '/configuration': [{ ...typedOn((await see('/configuration')).page), text: [text] }, { text: /^# mine$/m }],
    } as const;
    const adam = (await on.people.byLogin('adam' as never))?.account;
    assert.ok(adam !== undefined);
    await on.people.closeSessions(adam);
    for (const [path, [typed, kept]] of Object.entries(forms)) {
      const late = await send(path, { ...typed, _step: ['apply'], _agreed: ['something'] });
      assert.equal(late.status, 401, path);
      const back = await plainBrowser(url).post('/mini_buildd/login?output=html', {
        login: 'adam',
        password: passwordOf('adam'),
        next: `/mini_buildd/administration${path}`,
        kept: unescaped(/name="kept" value="([^"]*)"/.exec(late.page)?.[1] ?? ''),
      });
      assert.deepEqual([back.status, back.path], [200, `/mini_buildd/administration${path}`]);
      const shown = typedOn(back.page);
      for (const [name, said] of Object.entries(kept))
        assert.match(shown[name]?.join() ?? '', said, `${path}: ${name}`);
      await on.people.closeSessions(adam);
    }
  });

  it('gets the same lines from the command, in words and as JSON', async (test) => {
    const { daemon } = await browserOf(test);
    const given = { configuration: 'repositories: { acme: { validForDays: 7 } }', 'dry-run': 'true' };
    const { plain, json } = await asks(daemon, 'apply', given);
    assert.match(
      plain ?? '',
      /1 would change\n--- as it stands\n\+\+\+ as it would be\n@@ .* @@ repositories: acme:\n/,
    );
    assert.match((json as { yaml: string }).yaml, /\n- {4}validForDays: 14\n\+ {4}validForDays: 7\n/);
  });
});

type Told = {
  readonly faults: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<'summary' | 'meanwhile' | 'faults' | 'difference' | 'agreement', string>>;
};
