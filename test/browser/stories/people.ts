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
  tells: 'sees what builds, and finds the way to know another instance',
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
    await place(me, 'Builders');
    await me.follows(node);
    await me.isAt(new RegExp(node));
    await place(me, 'Builders');
    await me.follows('Add a remote');
    await me.isAt('remote');
  },
};

const notifications: Story = {
  tells: 'sees who is told of what, and finds the way to tell a program',
  onlyFor: 'admin',
  walk: async (me) => {
    await place(me, 'Notifications');
    await me.isAt('Notifications');
    await me.follows(webhookHost);
    await me.isAt(new RegExp(webhookHost));
    await place(me, 'Notifications');
    await me.follows('Add a webhook');
    await me.isAt('webhook');
  },
};

export const peopleStories: readonly Story[] = [uploaders, accounts, machines, notifications];
