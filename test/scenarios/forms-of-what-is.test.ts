import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import { atWork, passwordOf } from '../support/accounts-at-work.ts';
import { publicKey } from '../support/fake-keyring.ts';
import { maintainer } from '../support/fixed-examples.ts';
import { plainBrowser } from '../support/plain-browser.ts';

type Given = Readonly<Record<string, string>>;

/** adam in a browser, beside what oscar and he did before. */
const asAdam = async (test: TestContext) => {
  const { url, on, engine, daemon } = await atWork(test);
  const accountOf = async (login: string) => (await on.people.byLogin(login as never))?.account ?? assert.fail(login);
  const [oscar, adam] = [await accountOf('oscar'), await accountOf('adam')];
  const ask = async (account: string, privilege: 'login' | 'admin', command: string, given: Given) => {
    const caller: Caller = { actor: { kind: 'account', name: account }, privilege, shown: 'session' };
    const done = await engine.api.run(command, given, caller);
    assert.ok(!isLeft(done), JSON.stringify(done));
    return done.right.plain;
  };
  const browser = plainBrowser(url);
  await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', {
    login: 'adam',
    password: passwordOf('adam'),
  });
  const open = async (command: string, given: Given) => {
    const shown = await browser.open(`${formOf(command)}?${new URLSearchParams(given)}`);
    return { ...shown, holds: shown.fields(formOf(command)), isOpen: isUnfolded(shown.page) };
  };
  return {
    ...{ browser, open, oscar, daemon, commands: engine.api.commands },
    asOscar: (command: string, given: Given) => ask(oscar, 'login', command, given),
    asAdmin: (command: string, given: Given) => ask(adam, 'admin', command, given),
  };
};

const formOf = (command: string): string => `/mini_buildd/commands/${command}`;
const isUnfolded = (page: string): boolean => /<details open><summary>More options/.test(page);
const linkOf = (page: string, says: string): string =>
  new RegExp(`href="([^"]*)"[^>]*>${says}<`).exec(page)?.[1]?.replaceAll('&#38;', '&') ?? assert.fail(`no ${says}`);

describe('The form of what may be changed', () => {
  it('begins with name and address of the account, and tells each that becomes another', async (test) => {
    const { browser, open, oscar } = await asAdam(test);
    const account = await browser.open(`/mini_buildd/administration/accounts/${oscar}`);
    const link = linkOf(account.page, 'Name and address');
    assert.doesNotMatch(link, /example/, 'an address keeps nothing of a person');
    const form = await browser.open(link);
    assert.ok(isUnfolded(form.page));
    const { name, email } = form.fields(formOf('user'));
    assert.deepEqual([name, email], ['oscar of Sesame Street', 'oscar@example.org']);
    const planned = await browser.send(form, formOf('user'), { name: 'Oscar' });
    assert.match(planned.page, /oscar, would be: name: oscar of Sesame Street → Oscar\n/);
    const done = await browser.send(planned, formOf('user'));
    assert.match(done.page, /oscar: name: oscar of Sesame Street → Oscar\n/);
    assert.equal((await open('user', { action: 'edit', login: 'oscar' })).holds.name, 'Oscar');
  });

  it('begins with the role of the account; plan, answer and history tell from which to which', async (test) => {
    const { browser, oscar } = await asAdam(test);
    const page = () => browser.open(`/mini_buildd/administration/accounts/${oscar}`);
    const form = await browser.open(linkOf((await page()).page, 'Another role'));
    assert.ok(isUnfolded(form.page));
    assert.equal(form.fields(formOf('user')).role, 'user');
    for (const [from, role] of [
      ['user', 'admin'],
      ['admin', 'staff'],
    ] as const) {
      const planned = await browser.send(form, formOf('user'), { role });
      assert.match(planned.page, new RegExp(`oscar, would be: role: ${from} → ${role}\n`));
      const done = await browser.send(planned, formOf('user'));
      assert.match(done.page, new RegExp(`oscar: role: ${from} → ${role}\n`));
      assert.match((await page()).page, new RegExp(`role: ${from} → ${role}`));
    }
    assert.match((await page()).page, /role: user → admin/);
  });

  it('begins with the limits of an approval that is there', async (test) => {
    const { open, asOscar, asAdmin } = await asAdam(test);
    const approval = { action: 'approve', login: 'oscar', repository: 'acme', fingerprint: maintainer };
    await asOscar('setuserkey', { key: publicKey(maintainer) });
    assert.equal((await open('uploader', approval)).holds.suites, '');
    await asAdmin('uploader', { ...approval, suites: 'unstable', sources: 'hello,sl' });
    const { holds, isOpen } = await open('uploader', approval);
    assert.ok(isOpen);
    assert.deepEqual([holds.suites, holds.sources], ['unstable', 'hello,sl']);
    assert.match(
      await asAdmin('uploader', { ...approval, suites: 'experimental', 'dry-run': 'true' }),
      /could upload to acme \(suites? experimental\) .*; before: to acme \(suites? unstable/,
    );
  });

  it('keeps from others what is so', async (test) => {
    const { commands, browser } = await asAdam(test);
    assert.ok(commands.some(({ name }) => name === 'user'));
    browser.forgetCookies();
    const { page } = await browser.open(`${formOf('user')}?action=edit&login=oscar`);
    assert.doesNotMatch(page, /Sesame|oscar@/);
  });

  it('unfolds what the chosen action is about, whatever command', async (test) => {
    const { commands, open } = await asAdam(test);
    let unfolded = 0;
    for (const { name, arguments: known } of commands)
      for (const word of known.find((each) => each.name === 'action')?.words ?? []) {
        const folded = known.filter(({ positional, fallback }) => !positional && fallback !== undefined);
        if (!folded.some((each) => each.with?.includes(word))) continue;
        assert.ok((await open(name, { action: word })).isOpen, `${name} ${word}`);
        unfolded += 1;
      }
    assert.ok(unfolded > 15, `only ${unfolded}`);
  });

  it('knows of each argument with which actions it is meant, as its summary says', async (test) => {
    const { commands } = await asAdam(test);
    for (const { name, arguments: known } of commands) {
      const words = known.find((each) => each.name === 'action')?.words ?? [];
      for (const { name: argument, summary, positional, with: meant = [] } of known) {
        const [, said = ''] = /^With (.*?):/.exec(summary) ?? [];
        const named = words.filter((word) => said.split(/[^a-z]+/).includes(word));
        if (!positional && named.length > 0)
          assert.deepEqual(meant.toSorted(), named.toSorted(), `${name} ${argument}`);
        for (const word of meant) assert.ok(words.includes(word), `${name} has no ${word}`);
      }
    }
  });
});
