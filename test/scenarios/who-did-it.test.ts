import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AccountId } from '../../src/domain/account/events.ts';
import { readUntil } from '../adapters/http/served.ts';
import { atWork, basic, because, type Headers } from '../support/accounts-at-work.ts';
import { unescaped } from '../support/administrator-in-browser.ts';
import { maintainer, stored } from '../support/fixed-examples.ts';
import { sourceUpload } from '../support/source-upload.ts';

/** The engine was stopped by adam, logged in; hello was uploaded with the key of oscar, and the key was revoked since. */
const afterDeeds = async (test: TestContext) => {
  const at = await atWork(test);
  const { url, daemon, on, logIn } = at;
  const cookies = new Map(
    await Promise.all(['adam', 'stan', 'oscar'].map(async (login) => [login, (await logIn(login)).cookie] as const)),
  );
  const idOf = async (login: string): Promise<AccountId> => {
    const person = await on.people.byLogin(login as never);
    assert.ok(person);
    return person.account;
  };
  const account = await idOf('oscar');
  const submitted = { type: 'UploaderKeySubmitted', account, fingerprint: maintainer, key: stored('oscar.asc') };
  await daemon.engine.tell({ command: 'SubmitUploaderKey', account, submitted } as never, because);
  const approved = { type: 'UploaderApproved', account, fingerprint: maintainer, repository: 'acme' };
  await daemon.engine.tell(
    { command: 'ApproveUploader', account, approved: { ...approved, suites: null, sources: null } } as never,
    because,
  );
  await daemon.uploads(sourceUpload());
  await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  await daemon.engine.tell({ command: 'RevokeUploader', account, repository: 'acme' } as never, because);
  const { status, body } = await at.run('stop', {}, basic('adam'));
  assert.equal(status, 200, JSON.stringify(body));
  await daemon.until(({ engine }) => engine === 'stopped');
  const see = async (path: string, login: string | undefined) => {
    const cookie = login === undefined ? {} : { cookie: cookies.get(login) ?? '' };
    const answer = await fetch(`${url}/mini_buildd${path}`, { headers: { accept: 'text/html', ...cookie } });
    return { status: answer.status, page: unescaped(await answer.text()) };
  };
  return { ...at, see, idOf };
};

describe('Who did it', () => {
  it('is said to staff by login, and leads an administrator to the account', async (test) => {
    const { see, idOf } = await afterDeeds(test);
    const stopped = '/history?type=EngineStopped';
    const adam = await idOf('adam');
    const byAdmin = (await see(stopped, 'adam')).page;
    assert.ok(byAdmin.includes(`by <a href="/mini_buildd/administration/accounts/${adam}">adam</a>`), byAdmin);
    const byStaff = (await see(stopped, 'stan')).page;
    assert.match(byStaff, /by <a href="\/mini_buildd\/history\?actor=adam">adam<\/a>/);
    assert.match(byStaff, /<datalist id="logins"><option value="adam"><option value="oscar"><option value="stan">/);
    const [, event = ''] = /<a class="plain" href="\/mini_buildd([^"]*)">engine stopped/.exec(byStaff) ?? [];
    assert.match((await see(event, 'stan')).page, new RegExp(`adam</a>.*account ${adam}.*all that adam did`, 's'));
    assert.match(
      (await see(`/administration/accounts/${adam}`, 'adam')).page,
      /history\?actor=adam">Everything it did/,
    );
  });

  it('is asked for by login: what an account did, and what was done with a key that was approved for it', async (test) => {
    const { see, run, idOf } = await afterDeeds(test);
    const { page } = await see('/history?actor=adam', 'stan');
    assert.match(page, /engine stopped/);
    assert.doesNotMatch(page, /upload received/);
    const oscars = (await see('/history?actor=oscar', 'stan')).page;
    assert.match(oscars, new RegExp(`upload received.*oscar</a> \\(key ${maintainer}\\)`, 's'));
    assert.match((await see('/packages/hello', 'stan')).page, /by <a href="[^"]*actor=oscar">oscar<\/a>/);
    const { body } = await run('history', { actor: 'adam' }, basic('stan'));
    assert.deepEqual(
      body.events.map(({ type, actor }: { type: string; actor: object }) => [type, actor]),
      [['EngineStopped', { kind: 'account', name: await idOf('adam'), login: 'adam' }]],
    );
  });

  it('is said on the page of an upload: whose key it came with, and to strangers that it was one', async (test) => {
    const { daemon, see, idOf } = await afterDeeds(test);
    const path = `/uploads/${daemon.world.uploads.ended[0]?.id}`;
    const signed = async (login: string | undefined) => /<p>(Signed .*?)<\/p>/.exec((await see(path, login)).page)?.[1];
    const key = `with the key <code>${maintainer}</code>`;
    const account = `/mini_buildd/administration/accounts/${await idOf('oscar')}`;
    assert.ok((await signed('adam'))?.endsWith(`by <a href="${account}">oscar</a>, ${key}`));
    assert.ok((await signed('stan'))?.endsWith(`by <a href="/mini_buildd/history?actor=oscar">oscar</a>, ${key}`));
    assert.match((await signed(undefined)) ?? '', /with a key that is known here; whose it is, staff may see$/);
    await daemon.uploads(sourceUpload({ source: 'unsigned', signedBy: null }));
    await daemon.until(({ uploads }) => uploads.ended.length === 2);
    const unsigned = daemon.world.uploads.ended.find(({ status }) => status === 'rejected')?.id;
    assert.match(
      (await see(`/uploads/${unsigned}`, undefined)).page,
      /<p>Nobody who is known here signed it: [^<]+<\/p>/,
    );
  });

  it('is asked for by login of the feed of events, which says ids: at once, and live', async (test) => {
    const { url, run, daemon, idOf } = await afterDeeds(test);
    const asked = async (query: string, who: Headers): Promise<{ status: number; types: readonly string[] }> => {
      const answer = await fetch(`${url}/mini_buildd/events?${query}`, { headers: who });
      const { events = [] } = await answer.json();
      return { status: answer.status, types: events.map(({ type }: { type: string }) => type) };
    };
    assert.deepEqual((await asked('actor=adam', basic('stan'))).types, ['EngineStopped']);
    // From the first event on: what the account did, and what was done with the key, in the order of the log.
    assert.deepEqual((await asked('actor=oscar&after=', basic('stan'))).types, ['UploadReceived']);
    // The key is not approved any more: of what was done with it oscar is not told, but may ask.
    assert.deepEqual(await asked('actor=oscar', basic('oscar')), { status: 200, types: [] });
    assert.deepEqual((await asked('actor=nobody', basic('stan'))).types, []);
    for (const who of [basic('oscar'), {}])
      for (const login of ['adam', 'nobody']) assert.equal((await asked(`actor=${login}`, who)).status, 403, login);
    const live = await fetch(`${url}/mini_buildd/events?actor=adam`, {
      headers: { ...basic('stan'), accept: 'text/event-stream' },
    });
    const told = readUntil(live, (text) => text.includes('EngineStarted'));
    assert.equal((await run('start', {}, basic('adam'))).status, 200);
    await daemon.until(({ engine }) => engine === 'started');
    assert.match(await told, new RegExp(`"name":"${await idOf('adam')}"`));
  });

  it('is said by why to staff: by login, and with the key that was used', async (test) => {
    const { run, url } = await afterDeeds(test);
    const { body } = await run('why', { builds: 'hello' }, basic('stan'));
    assert.deepEqual(body.reasons.find(({ type }: { type: string }) => type === 'UploadReceived')?.actor, {
      kind: 'key',
      name: maintainer,
      login: 'oscar',
    });
    const plain = async (who: Headers): Promise<string> =>
      (await fetch(`${url}/mini_buildd/api/why?builds=hello&output=plain`, { headers: who })).text();
    assert.match(await plain(basic('stan')), new RegExp(`received \\(oscar, key ${maintainer}\\)$`, 'm'));
    assert.match(await plain({}), /received \(key\)$/m);
    assert.doesNotMatch(await plain({}), /oscar/);
  });

  it('stays what it was for everybody else, who do not learn either which logins there are', async (test) => {
    const { see, idOf } = await afterDeeds(test);
    const adam = await idOf('adam');
    for (const login of ['oscar', undefined]) {
      for (const path of ['/history', '/history?type=EngineStopped', '/packages/hello']) {
        const { page } = await see(path, login);
        assert.doesNotMatch(page, new RegExp(`\\badam\\b|${adam}`), `${path} for ${login}`);
        // What is on record of the own account, the key that was handed in, is for oscar to see.
        if (login === undefined) assert.ok(!page.includes(maintainer) && !page.includes('oscar'), path);
      }
      const known = await see('/history?actor=adam', login);
      const unknown = await see('/history?actor=bert', login);
      assert.equal(known.status, 403);
      assert.equal(known.page.replaceAll('adam', 'bert'), unknown.page);
    }
    assert.equal((await see('/history?actor=oscar', 'oscar')).status, 200);
  });
});
