import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atWork, passwordOf } from '../support/accounts-at-work.ts';
import { plainBrowser } from '../support/plain-browser.ts';

const path = '/mini_buildd/account/subscriptions';
const command = '/mini_buildd/commands/subscription';

describe('The page of mails', () => {
  it('leads a stranger to the login, and back', async (test) => {
    const { url } = await atWork(test);
    const answer = await fetch(url + path, { redirect: 'manual' });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), `/mini_buildd/login?next=${encodeURIComponent(path)}`);
  });

  it('says what one is told of and why, and has it begun, changed and ended', async (test) => {
    const { url, daemon } = await atWork(test);
    const browser = plainBrowser(url);
    await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', {
      login: 'oscar',
      password: passwordOf('oscar'),
    });
    const account = [...daemon.world.accounts.keys()];
    const acme = daemon.world.configuration.repositories.get('acme' as never);
    await daemon.configure({ type: 'RepositoryConfigured', ...acme, notify: account } as never);
    const begin = await browser.open(path);
    assert.match(begin.page, /Nothing yet\. Whoever subscribes/);
    assert.match(begin.page, /everything in repository acme/);

    const does = async (page: typeof begin, typed: Readonly<Record<string, string>>) => {
      const plan = await browser.send(page, path, typed);
      assert.match(plan.page, /What it would do/);
      await browser.send(plan, command);
      return browser.open(path);
    };
    const added = await does(begin, { package: 'hello', distribution: 'trixie-acme-unstable' });
    const [, change = ''] = /href="([^"]*\?change=[^"#]*)/.exec(added.page) ?? [];
    const form = await browser.open(change.replaceAll('&amp;', '&'));
    assert.match(form.page, /<b>hello<\/b> in <b>trixie-acme-unstable<\/b> becomes/);
    const changed = await does(form, { distribution: '' });
    const told = () =>
      account.flatMap(
        (each) => [...(daemon.world.accounts.get(each)?.subscriptions.keys() ?? [])] as readonly string[],
      );
    assert.deepEqual(told(), ['hello:']);
    const plan = await browser.send(changed, command);
    await browser.send(plan, command);
    assert.deepEqual(told(), []);

    const refused = await browser.send(await browser.open(path), path, { package: 'He llo' });
    assert.equal(refused.status, 400);
    assert.match(refused.page, /He llo:/);
  });
});
