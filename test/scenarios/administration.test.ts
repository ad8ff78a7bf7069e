import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { passwordOf } from '../support/accounts-at-work.ts';
import { browserOf, inBrowser, typedOn, unescaped } from '../support/administrator-in-browser.ts';
import { asks } from '../support/asks.ts';
import { plainBrowser } from '../support/plain-browser.ts';

describe('An administrator in a browser', () => {
  it('sees how everything does, and why', async (test) => {
    const { see } = await browserOf(test);
    const { status, page } = await see('');
    assert.equal(status, 200);
    assert.match(page, /What needs you/);
    const { page: sources } = await see('/sources');
    assert.match(sources, /debian-trixie-security<\/a><\/b><\/td>.*usable/);
    const { page: layout } = await see('/layouts/Default');
    assert.match(layout, /in use<\/span> <span>by acme/);
    assert.match(layout, /repositories\/acme">acme<\/a> has its suites/);
    const { page: chroot } = await see('/chroots/trixie-amd64');
    assert.match(chroot, /If it were gone.*its template is taken from the disk/s);
    assert.match(chroot, /distributions\/trixie">trixie<\/a> is built in it for amd64/);
    assert.equal((await see('/sources/nothing')).status, 404);
  });

  it('changes a repository: what that comes to is shown first, and is what apply says', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const { page } = await see('/repositories/acme/edit');
    assert.deepEqual(typedOn(page).codenames, ['trixie']);
    const typed = { ...typedOn(page), validForDays: ['7'] };
    const shown = await send('/repositories/acme/edit', { ...typed, _step: ['show'] });
    assert.match(unescaped(shown.page), /~ repository acme\n {4}validForDays: 14 → 7\n1 would change/);
    assert.match(shown.page, /repositories:\n {2}acme:\n {4}validForDays: 7\n/);
    assert.notEqual(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 7);
    const done = await send('/repositories/acme/edit', { ...typedOn(shown.page), _step: ['apply'] });
    assert.deepEqual([done.status, done.to], [303, '/mini_buildd/administration/repositories/acme']);
    assert.equal(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 7);
    assert.match(unescaped((await see('/repositories/acme')).page), /validForDays: 14 → 7/);
  });

  it('changes nothing by opening a form of any object and sending it', async (test) => {
    const { see, send } = await browserOf(test);
    for (const place of [
      '/instance/instance',
      '/sources/debian-trixie',
      '/layouts/Debian%20Developer',
      '/distributions/trixie',
      '/repositories/acme',
      '/chroots/trixie-amd64',
    ]) {
      const { page } = await see(`${place}/edit`);
      const sent = await send(`${place}/edit`, { ...typedOn(page), _step: ['show'] });
      assert.match(sent.page, /Nothing: it is so already/, place);
    }
  });

  it('is told beside each field what is wrong, and nothing typed is lost', async (test) => {
    const { see, send } = await browserOf(test);
    const { page } = await see('/sources/debian-trixie/edit');
    const typed = { ...typedOn(page), uris: ['ftp://deb.example.org/'], origin: ['<b>Debian, Inc.</b>'] };
    const { page: shown } = await send('/sources/debian-trixie/edit', { ...typed, _step: ['show'] });
    assert.match(
      unescaped(shown),
      /data-fault="uris"[^>]*>source debian-trixie: "ftp:\/\/deb.example.org\/" is no address/,
    );
    assert.match(unescaped(shown), /data-fault="origin"[^>]*>source debian-trixie: the origin is/);
    assert.doesNotMatch(shown, /Apply this/);
    assert.doesNotMatch(shown, /<b>Debian, Inc/);
    assert.deepEqual(typedOn(shown).origin, ['<b>Debian, Inc.</b>']);
  });

  it('is told the same while typing', async (test) => {
    const { see, send } = await browserOf(test);
    const { page } = await see('/sources/debian-trixie/edit');
    const typed = { ...typedOn(page), _name: ['debian-trixie'], uris: ['ftp://deb.example.org/'] };
    const { faults, parts } = JSON.parse((await send('/check/sources', typed)).page);
    assert.match(faults.uris, /is no address of an archive: write http/);
    assert.match(parts.faults, /Nothing can be applied yet/);
    const right = { ...typed, uris: ['http://deb.debian.example.org/debian/', 'http://mirror.example.org/debian/'] };
    const { faults: none, parts: now } = JSON.parse((await send('/check/sources', right)).page);
    assert.deepEqual(none, {});
    assert.match(unescaped(now.difference), /uris: .*mirror\.example\.org/);
  });

  it('is told of every field of something new what is wrong with it, also while its name or what it is for is missing', async (test) => {
    const { see, send } = await browserOf(test);
    const nonsense = { origin: ['a, b'], suite: ['§ <b>'], uris: ['§ <b>'], pin: ['§ <b>'] };
    const faultsOf = async (section: string, more: Readonly<Record<string, string[]>>) => {
      const typed = { ...typedOn((await see(`/add/${section}`)).page), ...more };
      return JSON.parse((await send(`/check/${section}`, typed)).page).faults;
    };
    for (const more of [{}, { _name: ['debian-sid'] }, { _name: ['debian-sid'], codename: ['sid'] }]) {
      const faults = await faultsOf('sources', { ...nonsense, ...more });
      for (const field of Object.keys(nonsense)) assert.ok(faults[field], `${field} with ${JSON.stringify(more)}`);
      assert.equal('_name' in faults, !('_name' in more));
      assert.equal('codename' in faults, !('codename' in more));
    }
    assert.match((await faultsOf('sources', { _name: ['§ <b>'], codename: ['sid'] }))._name, /give/);
    assert.match((await faultsOf('sources', { _name: ['debian-trixie'] }))._name, /there is a source debian-trixie/);
    assert.ok((await faultsOf('distributions', { _name: ['sid'], codeversion: ['§ <b>'] })).codeversion);
    const unnamed = await faultsOf('layouts', {
      ...{ mandatoryVersion: ['('], defaultVersion: ['~§'] },
      ...{ experimentalMandatoryVersion: ['('], experimentalDefaultVersion: ['~§'] },
    });
    for (const field of ['mandatoryVersion', 'defaultVersion', 'experimentalMandatoryVersion'])
      assert.ok(unnamed[field], field);
    assert.ok(unnamed.experimentalDefaultVersion);
  });

  it('adds a source like another one, and removes it', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const { page } = await see('/add/sources?like=debian-trixie');
    const wanted = { ...typedOn(page), _name: ['debian-sid'], suite: ['sid'], codename: ['sid'], _step: ['show'] };
    const shown = await send('/add/sources', wanted);
    assert.match(shown.page, /\+ source debian-sid/);
    const added = await send('/add/sources', { ...typedOn(shown.page), _step: ['apply'] });
    assert.equal(added.to, '/mini_buildd/administration/sources/debian-sid');
    assert.ok(daemon.world.configuration.sources.has('debian-sid' as never));
    const again = await send('/add/sources', wanted);
    assert.match(again.page, /there is a source debian-sid already/);
    const { page: removal } = await see('/sources/debian-sid/remove');
    assert.match(removal, /nothing is drawn from it any more/);
    const removed = await send('/sources/debian-sid/remove', { ...typedOn(removal), _step: ['apply'] });
    assert.equal(removed.status, 303);
    assert.ok(!daemon.world.configuration.sources.has('debian-sid' as never));
    assert.match((await see('/sources/debian-sid')).page, /It is not there any more/);
  });

  it('cannot remove what others build upon, and sees who they are', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const { page } = await see('/distributions/trixie/remove');
    assert.match(page, /It cannot be removed as things are/);
    assert.match(page, /repositories\/acme">acme<\/a> is for it/);
    const sent = await send('/distributions/trixie/remove', { _step: ['apply'], _agreed: ['anything'] });
    assert.equal(sent.status, 409);
    assert.ok(daemon.world.configuration.distributions.has('trixie' as never));
  });

  it('removes a repository together with what it keeps, as the command does', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    await asks(daemon, 'retention', { repository: 'acme', versions: '3' });
    assert.ok(daemon.world.configuration.retention.has('acme' as never));
    const { page } = await see('/repositories/acme/remove');
    assert.doesNotMatch(page, /It cannot be removed as things are/);
    assert.match(page, /says what files it keeps/);
    const removed = await send('/repositories/acme/remove', { ...typedOn(page), _step: ['apply'] });
    assert.equal(removed.status, 303);
    assert.ok(!daemon.world.configuration.repositories.has('acme' as never));
    assert.ok(!daemon.world.configuration.retention.has('acme' as never));
  });

  it('sees what another one changed meanwhile, and takes nothing of it back that they did not touch', async (test) => {
    const { see, send, daemon, ...at } = await browserOf(test);
    const mine = typedOn((await see('/repositories/acme/edit')).page);
    const other = await inBrowser(at, 'adam');
    const theirs = await other.send('/repositories/acme/edit', {
      ...mine,
      externalHomeUrl: ['https://example.org/'],
      _step: ['show'],
    });
    await other.send('/repositories/acme/edit', { ...typedOn(theirs.page), _step: ['apply'] });
    const late = await send('/repositories/acme/edit', { ...mine, validForDays: ['7'], _step: ['apply'] });
    assert.equal(late.status, 409);
    const text = unescaped(late.page);
    assert.match(text, /adam changed it at .*Nothing of yours is applied yet/);
    assert.match(text, /externalHomeUrl: null → "https:\/\/example.org\/"/);
    assert.match(text, /validForDays: 14 → 7/);
    assert.doesNotMatch(text, /→ null|You both changed/);
    const acme = () => daemon.world.configuration.repositories.get('acme' as never);
    assert.equal(acme()?.validForDays, 14);
    const knowingly = await send('/repositories/acme/edit', { ...typedOn(late.page), _step: ['apply'] });
    assert.equal(knowingly.status, 303);
    assert.deepEqual([acme()?.validForDays, acme()?.externalHomeUrl], [7, 'https://example.org/']);
  });

  it('overrules knowingly what another one made of the same field', async (test) => {
    const { see, send, daemon, ...at } = await browserOf(test);
    const mine = { ...typedOn((await see('/repositories/acme/edit')).page), validForDays: ['7'] };
    const other = await inBrowser(at, 'adam');
    const theirs = await other.send('/repositories/acme/edit', { ...mine, validForDays: ['21'], _step: ['show'] });
    await other.send('/repositories/acme/edit', { ...typedOn(theirs.page), _step: ['apply'] });
    const told = JSON.parse((await send('/check/repositories', { ...mine, _name: ['acme'] })).page);
    assert.match(unescaped(told.parts.meanwhile), /You both changed validForDays/);
    assert.equal(told.parts.agreement, '', 'the page that shows it comes before');
    const late = await send('/repositories/acme/edit', { ...mine, _step: ['apply'] });
    assert.match(unescaped(late.page), /You both changed validForDays.*: what you typed there counts/);
    assert.match(unescaped(late.page), /validForDays: 21 → 7/);
    const knowingly = await send('/repositories/acme/edit', { ...typedOn(late.page), _step: ['apply'] });
    assert.equal(knowingly.status, 303);
    assert.equal(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 7);
  });

  it('is told all that is wrong with an object at once, a sentence each, and sees what would turn it around', async (test) => {
    const { see, send } = await browserOf(test);
    const typed = { ...typedOn((await see('/repositories/acme/edit')).page), _name: ['acme'] };
    const wrong = {
      validForDays: ['-7'],
      builders: ['<b>\u202ex'],
      externalHomeUrl: ['https://x.example/\u202ecod'],
    };
    const { faults, parts } = JSON.parse((await send('/check/repositories', { ...typed, ...wrong })).page);
    assert.match(
      faults.validForDays,
      /^repository acme: validForDays is -7: give a whole number, zero or more, or null $/,
    );
    assert.match(faults.builders, /^repository acme: builders\.0 is "<b>\\u202ex": give /);
    assert.match(faults.externalHomeUrl, /"https:\/\/x\.example\/\u{FFFD}cod" is no address of a web page/u);
    assert.match(parts.summary, /3 things are wrong/);
  });

  it('applies only what was shown: who changes the form meanwhile is shown anew', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const typed = { ...typedOn((await see('/repositories/acme/edit')).page), validForDays: ['7'] };
    const shown = await send('/repositories/acme/edit', { ...typed, _step: ['show'] });
    const other = { ...typedOn(shown.page), validForDays: ['9'], _step: ['apply'] };
    const sent = await send('/repositories/acme/edit', other);
    assert.equal(sent.status, 409);
    assert.match(unescaped(sent.page), /validForDays: 14 → 9/);
    assert.equal(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 14);
  });

  it('edits the whole configuration as one document, and is told when it changed meanwhile', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const { page } = await see('/configuration');
    const typed = typedOn(page);
    assert.match(typed.text?.[0] ?? '', /^complete: true\ninstance:/);
    const text = [(typed.text?.[0] ?? '').replace('validForDays: 14', 'validForDays: 21')];
    const shown = await send('/configuration', { ...typed, text, _step: ['show'] });
    assert.match(unescaped(shown.page), /validForDays: 14 → 21/);
    const stale = await send('/configuration', { ...typedOn(shown.page), _shown: ['other'], _step: ['apply'] });
    assert.equal(stale.status, 409);
    assert.match(stale.page, /Somebody changed the configuration/);
    const done = await send('/configuration', { ...typedOn(shown.page), _step: ['apply'] });
    assert.equal(done.status, 303);
    assert.equal(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 21);
    const broken = await send('/configuration', { ...typed, text: ['sources: ['], _step: ['show'] });
    assert.match(broken.page, /line 1/);
    assert.deepEqual(typedOn(broken.page).text, ['sources: [']);
    assert.match((await see('/configuration.yaml')).page, /validForDays: 21/);
  });

  it('loses nothing that was typed when the session ends in the middle', async (test) => {
    const { see, send, url, on } = await browserOf(test);
    const typed = { ...typedOn((await see('/repositories/acme/edit')).page), validForDays: ['7'] };
    const adam = (await on.people.byLogin('adam' as never))?.account;
    assert.ok(adam !== undefined);
    await on.people.closeSessions(adam);
    const late = await send('/repositories/acme/edit', { ...typed, _step: ['apply'], _agreed: ['something'] });
    assert.equal(late.status, 401);
    const [, kept = ''] = /name="kept" value="([^"]*)"/.exec(late.page) ?? [];
    const back = await plainBrowser(url).post('/mini_buildd/login?output=html', {
      login: 'adam',
      password: passwordOf('adam'),
      next: '/mini_buildd/administration/repositories/acme/edit',
      kept: unescaped(kept),
    });
    assert.equal(back.path, '/mini_buildd/administration/repositories/acme/edit');
    assert.deepEqual(typedOn(back.page).validForDays, ['7']);
    assert.match(unescaped(back.page), /validForDays: 14 → 7/);
  });

  it('asks everybody else who they are, and forms of other sites nothing', async (test) => {
    const { url, send: _send, ...at } = await browserOf(test);
    assert.equal((await fetch(`${url}/mini_buildd/administration`)).status, 401);
    const oscar = await inBrowser({ ...at, url }, 'oscar');
    assert.equal((await oscar.see('')).status, 403);
    const adam = await inBrowser({ ...at, url }, 'adam');
    const forgedForm = await adam.send('/configuration', { text: ['complete: true'], form_token: ['guessed'] });
    assert.equal(forgedForm.status, 403);
  });
});
