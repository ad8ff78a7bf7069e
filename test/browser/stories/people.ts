import assert from 'node:assert/strict';
import { node, remote, webhookHost } from '../support/acquaintances.ts';
import type { Story } from '../support/story.ts';
import type { Walker } from '../support/walker.ts';
import { goesTo } from './places.ts';

const places = (me: Walker) => me.page.getByRole('navigation', { name: 'Administration' });

const place = async (me: Walker, name: string): Promise<void> => {
  await goesTo(me, 'Administration');
  await me.follows(name, places(me));
};

const uploaders: Story = {
  tells: 'lets a maintainer upload to another repository',
  onlyFor: 'staff',
  walk: async (me) => {
    await place(me, 'Uploaders');
    await me.isAt('Uploaders');
    await me.follows('lab', me.page.getByText('Approve for'));
    await me.isAt('uploader');
    await me.presses('Look at what it would do');
    await me.presses('Do it');
    await me.reads('done');
    await place(me, 'Uploaders');
    await me.reads('to lab');
    await me.follows('grover');
    await me.isAt(/grover/);
  },
};

const accounts: Story = {
  tells: 'gives somebody another role',
  onlyFor: 'admin',
  walk: async (me) => {
    await place(me, 'Accounts');
    await me.follows('oscar');
    await me.isAt(/oscar/);
    await me.follows('Another role');
    await me.isAt('user');
    await me.chooses('role', 'staff');
    await me.presses('Look at what it would do');
    await me.reads('role: user → staff');
    await me.presses('Do it');
    await me.reads('done');
    await place(me, 'Accounts');
    await me.follows('oscar');
    await me.reads('role: user → staff');
    await me.follows('Name and address');
    await me.types('name', 'Oscar the Grouch');
    await me.presses('Look at what it would do');
    await me.reads(/name: .+ → Oscar the Grouch/);
    await me.presses('Do it');
    await me.reads('done');
    await place(me, 'Accounts');
    await me.reads('Oscar the Grouch');
    await me.reads('staff', me.page.getByRole('row').filter({ hasText: 'oscar' }));
  },
};

const machines: Story = {
  tells: 'sees what builds, withdraws trust from another instance and gives it back, and takes a node away',
  onlyFor: 'admin',
  walk: async (me) => {
    await place(me, 'Builders');
    await me.isAt('Builders and remotes');
    await me.reads('3 of 3 places are taken');
    await me.follows(/./, me.page.getByRole('heading', { name: /^Builder / }));
    await me.isAt(/^Builder /);
    await me.reads('If it were gone');
    await place(me, 'Builders');
    await me.follows(remote);
    await me.isAt(new RegExp(remote));
    for (const deed of ['Deactivate', 'Activate']) {
      await place(me, 'Builders');
      await me.follows(deed, me.page.getByRole('row').filter({ hasText: remote }).first());
      await me.isAt('remote');
      await agrees(me);
    }
    await place(me, 'Builders');
    await me.reads('Deactivate', me.page.getByRole('row').filter({ hasText: remote }).first());
    await me.follows(node);
    await me.isAt(new RegExp(node));
    await place(me, 'Builders');
    await me.follows('Remove …', me.page.getByRole('row').filter({ hasText: node }).first());
    await me.isAt('node');
    await agrees(me);
    await place(me, 'Builders');
    await me.reads('None: builders on the log of this instance');
    await me.follows('Add a remote');
    await me.isAt('remote');
  },
};

/** Looks at what it comes to first. */
const agrees = async (me: Walker): Promise<void> => {
  await me.presses('Look at what it would do');
  await me.reads('What it would do');
  await me.presses('Do it');
  await me.reads('done');
};

const notifications: Story = {
  tells: 'sees who is told of what, tells a program, and tells it no more',
  onlyFor: 'admin',
  walk: async (me) => {
    await place(me, 'Notifications');
    await me.isAt('Notifications');
    await me.follows(webhookHost);
    await me.isAt(new RegExp(webhookHost));
    await place(me, 'Notifications');
    await me.follows('Add a webhook');
    await me.isAt('webhook');
    await me.types('url', 'https://chat.example.org/hook');
    await agrees(me);
    await place(me, 'Notifications');
    await me.follows('Remove …', me.page.getByRole('row').filter({ hasText: 'chat.example.org' }));
    await me.isAt('webhook');
    await agrees(me);
    await place(me, 'Notifications');
    await me.reads(webhookHost);
    assert.doesNotMatch((await me.page.locator('main').textContent()) ?? '', /chat\.example\.org/);
  },
};

export const peopleStories: readonly Story[] = [uploaders, accounts, machines, notifications];
