import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { atWork, passwordOf } from '../support/accounts-at-work.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { plainBrowser, type Shown } from '../support/plain-browser.ts';
import { sourceUpload } from '../support/source-upload.ts';

const unstable = '/mini_buildd/repositories/acme/trixie-acme-unstable';
const rollback = `${unstable}-rollback0`;
const plan = (command: string): string => `/mini_buildd/commands/${command}`;

/** A daemon that holds two packages in unstable, and a browser of somebody who has logged in. */
const withTwo = async (test: TestContext, login: string) => {
  const work = await atWork(test);
  for (const source of ['hello', 'bye']) await work.daemon.uploads(sourceUpload({ source }));
  await work.daemon.until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);
  const browser = plainBrowser(work.url);
  await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', {
    login,
    password: passwordOf(login),
  });
  return { ...work, browser };
};

/** What the forms of a page send along. */
const tokenOn = ({ page }: Shown): [string, string] => [
  'form_token',
  /name="form_token" value="([^"]*)"/.exec(page)?.[1] ?? '',
];

describe('A deed from a list of packages', () => {
  it('migrates those that were chosen in one change, and leaves the others', async (test) => {
    const { browser, on } = await withTwo(test, 'stan');
    const list = await browser.open(unstable);
    assert.match(list.page, /type="checkbox" form="chosen" name="package" value="bye"/);
    assert.match(list.page, /formaction="\/mini_buildd\/commands\/migrate\?distribution=trixie-acme-unstable"/);
    assert.match(list.page, />→ testing</);
    const planned = await browser.post(plan('migrate'), [
      ...[tokenOn(list), ['output', 'html'] as [string, string]],
      ...[['distribution', 'trixie-acme-unstable'] as [string, string], ['package', 'bye'] as [string, string]],
      ['package', 'hello'],
    ]);
    assert.equal(planned.status, 200);
    assert.match(planned.page, /bye[\s\S]*hello/);
    assert.equal((await browser.send(planned, plan('migrate'))).status, 200);
    assert.equal(eventsOf(on, 'PackageMigrated').length, 2);
    assert.doesNotMatch((await browser.open(unstable)).page, /name="package" value="bye">→ testing/);
  });

  it('asks which, where none was chosen', async (test) => {
    const { browser, on } = await withTwo(test, 'stan');
    const list = await browser.open(unstable);
    const none = await browser.post(plan('migrate'), [tokenOn(list), ['distribution', 'trixie-acme-unstable']]);
    assert.equal(none.status, 400);
    assert.match(none.page, /Nothing was done/);
    assert.match(none.page, /name="distribution"[^>]* value="trixie-acme-unstable"/);
    assert.equal(eventsOf(on, 'PackageMigrated').length, 0);
  });

  it('restores from a rollback, and from the past', async (test) => {
    const { browser, on, daemon } = await withTwo(test, 'adam');
    const remove = { package: 'hello,bye', distribution: 'trixie-acme-unstable' };
    const then = daemon.world.published.get('acme' as never)?.at(-1)?.id;
    const asked = await browser.post(plan('remove'), [
      tokenOn(await browser.open(unstable)),
      ...Object.entries(remove),
    ]);
    await browser.send(asked, plan('remove'));
    await daemon.rests();
    const earlier = await browser.open(rollback);
    assert.match(earlier.page, /name="package" value="hello">Restore/);
    const back = { package: 'hello', distribution: 'trixie-acme-unstable-rollback0' };
    const restored = await browser.post(plan('restore'), [tokenOn(earlier), ...Object.entries(back)]);
    await browser.send(restored, plan('restore'));
    await daemon.rests();
    const past = await browser.open(`${unstable}?at=${then}`);
    const fields = past.fields(plan('restore'));
    assert.equal(fields.package, 'bye');
    await browser.send(await browser.post(plan('restore'), fields), plan('restore'));
    assert.equal(eventsOf(on, 'PackageRestored').length, 2);
  });

  it('is not offered to who may not do it', async (test) => {
    const { browser } = await withTwo(test, 'oscar');
    for (const path of [unstable, '/mini_buildd/repositories/acme']) {
      const { page } = await browser.open(path);
      assert.doesNotMatch(page, /type="checkbox"/);
      assert.match(page, /not for your account/);
    }
  });
});
