import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Caller } from '../../src/domain/account/caller.ts';
import { because } from '../support/accounts-at-work.ts';
import { browserOf, inBrowser, unescaped } from '../support/administrator-in-browser.ts';
import { stored } from '../support/fixed-examples.ts';

const administrator: Caller = {
  privilege: 'admin',
  actor: { kind: 'administrator', name: 'example' },
  shown: 'password',
};

const fingerprint = 'B'.repeat(40);

describe('Pages about people and machines', () => {
  it('shows who has an account, what may be done with it now, and what happened to it', async (test) => {
    const { see, daemon } = await browserOf(test);
    await daemon.engine.api.run('user', { action: 'disable', login: 'oscar' }, administrator);
    const { page } = await see('/accounts');
    assert.match(page, /oscar<\/a>.*disabled/s);
    const [, oscar = ''] = /accounts\/([0-9a-f]{16})">oscar</.exec(page) ?? [];
    const about = unescaped((await see(`/accounts/${oscar}`)).page);
    assert.match(about, /may not log in; what they did stays/);
    assert.match(about, /commands\/user\?action=enable&login=oscar">Enable/);
    assert.doesNotMatch(about, /action=disable/);
    assert.match(about, /account disabled/);
    assert.equal((await see('/accounts/0123456789abcdef')).status, 404);
  });

  it('shows keys that wait, and leads to their approval', async (test) => {
    const { see, daemon } = await browserOf(test);
    const [account] = [...daemon.world.accounts.keys()];
    assert.ok(account !== undefined);
    const submitted = {
      type: 'UploaderKeySubmitted',
      account,
      fingerprint,
      key: stored(`${fingerprint}.asc`),
    } as never;
    await daemon.engine.tell({ command: 'SubmitUploaderKey', account, submitted }, because);
    assert.match((await see('')).page, /1 person handed in a key and may upload nowhere/);
    const page = unescaped((await see('/uploaders')).page);
    assert.match(page, new RegExp(`action=approve&login=oscar&repository=acme&fingerprint=${fingerprint}">acme`));
    assert.match(page, /the file of the key is gone/);
    const approved = {
      type: 'UploaderApproved',
      account,
      fingerprint,
      repository: 'acme',
      suites: null,
      sources: null,
    };
    await daemon.engine.tell({ command: 'ApproveUploader', account, approved } as never, because);
    assert.match(unescaped((await see('/uploaders')).page), /action=revoke&login=oscar&repository=acme">Take it back/);
    assert.doesNotMatch((await see('')).page, /handed in a key/);
  });

  it('lets staff, who approve them, see the keys that wait, and nothing else of administration', async (test) => {
    const { daemon, ...at } = await browserOf(test);
    const [account] = [...daemon.world.accounts.keys()];
    assert.ok(account !== undefined);
    const submitted = {
      type: 'UploaderKeySubmitted',
      account,
      fingerprint,
      key: stored(`${fingerprint}.asc`),
    } as never;
    await daemon.engine.tell({ command: 'SubmitUploaderKey', account, submitted }, because);
    const stan = await inBrowser(at, 'stan');
    const { status, page } = await stan.see('/uploaders');
    assert.equal(status, 200);
    assert.match(unescaped(page), /commands\/uploader\?action=approve&login=oscar/);
    assert.doesNotMatch(page, /administration\/(?!uploaders)/);
    assert.equal((await stan.see('/accounts')).status, 403);
    assert.match((await stan.see('')).page, /Waiting for approval/);
    const oscar = await inBrowser(at, 'oscar');
    assert.equal((await oscar.see('/uploaders')).status, 403);
    assert.equal((await oscar.see('')).status, 403);
  });

  it('shows what builds are given, and who is told of what', async (test) => {
    const { see, daemon } = await browserOf(test);
    const { page } = await see('/builders');
    assert.match(page, /Builder <a href="\/mini_buildd\/administration\/builder\/ernie">ernie</);
    assert.match(page, /bounds to processes and memory<\/td>.*given/);
    const [account] = [...daemon.world.accounts.keys()];
    await daemon.engine.tell(
      { command: 'AddSubscription', account, package: 'hello', distribution: null } as never,
      because,
    );
    const notifications = (await see('/notifications')).page;
    assert.match(
      notifications,
      /oscar<\/a><\/td><td[^>]*>hello:<.*told.*by mail, to the address of the account.*history\?stream=account-/,
    );
    const instance = (await see('/instance/instance')).page;
    assert.match(
      instance,
      /<h2>What depends on it<\/h2><ul><li><a href="[^"]*repositories\/acme">acme<\/a> is published at its/,
    );
    assert.match(instance, /It cannot be removed/);
    assert.match(notifications, /Mail is sent as mini-buildd@buildd.example.org/);
  });
});
