import { otherKey } from '../../support/account-examples.ts';
import { passwordOf } from '../../support/accounts-at-work.ts';
import { armoredKey } from '../../support/fixed-examples.ts';
import { people } from '../support/believable-instance.ts';
import type { Story } from '../support/story.ts';
import type { Walker } from '../support/walker.ts';
import { goesToAccount } from './places.ts';

const logsIn = async (me: Walker, login: string, password: string): Promise<void> => {
  await me.isAt('Log in');
  await me.types('Login', login);
  await me.types('Password', password);
  await me.presses('Log in');
};

const logsOut = async (me: Walker): Promise<void> => {
  await goesToAccount(me);
  if (me.who !== undefined) {
    await me.presses('Log out');
    await goesToAccount(me);
  }
  await me.isAt('Log in');
};

/** A stranger logs in on the way, and is led back to where they were; everybody else is there already. */
const ownAccount = async (me: Walker): Promise<string> => {
  await goesToAccount(me);
  const login = people[me.who ?? 'user'];
  if (me.who === undefined) {
    await logsIn(me, login, passwordOf(login));
    await goesToAccount(me);
  }
  await me.isAt(login);
  return login;
};

export const ownAccountStory: Story = {
  tells: 'hands in a key, asks to be told of a package, and has a token for a while',
  walk: async (me) => {
    await ownAccount(me);
    await me.types(/key$/, armoredKey(otherKey));
    await me.presses('Look at it', me.page.locator('#key'));
    await me.presses('Do it');
    await me.reads('done');
    await ownAccount({ ...me, who: me.who ?? 'user' });
    await me.follows('Mails');
    await me.isAt('Mails');
    await me.types('Source package', 'hello', me.page.locator('#wanted'));
    await me.types('Distribution', 'trixie-acme-unstable', me.page.locator('#wanted'));
    await me.presses('Look at it');
    await me.presses('Do it');
    await goesToAccount(me);
    await me.follows('Mails');
    await me.follows('Change hello:trixie-acme-unstable');
    await me.types('Distribution', '', me.page.locator('#wanted'));
    await me.presses('Look at it');
    await me.presses('Do it');
    await goesToAccount(me);
    await me.follows('Mails');
    await me.reads('every one', me.page.getByRole('row').filter({ hasText: 'hello' }));
    await me.presses('Remove', me.page.locator('#subscriptions'));
    await me.presses('Do it');
    await goesToAccount(me);
    await me.presses('Issue a token');
    await me.presses('Do it');
    await me.reads(/^[\w-]{30,}\s*$/);
    await goesToAccount(me);
    await me.presses('Revoke');
    await me.presses('Do it');
    await me.reads(/is revoked/);
    await goesToAccount(me);
    await me.reads(otherKey);
  },
};

export const passwordStory: Story = {
  tells: 'changes the password, and logs in with the new one',
  walk: async (me) => {
    const login = await ownAccount(me);
    await me.types('Present password', 'nonsense and more');
    await me.types('New password', passwordOf(login));
    await me.presses('Change it');
    await me.reads(/password/, me.page.getByRole('alert'));
    await me.types('Present password', passwordOf(login));
    await me.types('New password', passwordOf(login));
    await me.presses('Change it');
    await logsIn(me, login, passwordOf(login));
    await goesToAccount(me);
    await me.isAt(login);
  },
};

export const registrationStory: Story = {
  tells: 'asks for an account, gets a mail, chooses a password behind its link, and logs in',
  walk: async (me) => {
    await logsOut(me);
    await me.follows('No password, or no account?');
    await me.follows('Register');
    await me.isAt('Register');
    await me.types('Login', 'ernestine');
    await me.types('Address', 'ernestine@example.org');
    await me.types('Full name', 'Ernestine');
    await me.presses('Register');
    await me.isAt('Look into your mail');
    await me.page.goto(await me.mailbox.linkTo('ernestine@example.org'));
    await me.isAt('Choose a password for ernestine');
    await me.types('Password', 'a password of hers');
    await me.presses('Use it');
    await logsIn(me, 'ernestine', 'a password of hers');
    await goesToAccount(me);
    await me.isAt('ernestine');
    await me.reads('user');
  },
};

export const resetStory: Story = {
  tells: 'has lost a password, and chooses another one behind the link of a mail, which works once',
  walk: async (me) => {
    await logsOut(me);
    await me.follows('No password, or no account?');
    await me.types('Login or address', 'oscar');
    await me.presses('Send it');
    await me.isAt('Look into your mail');
    const link = await me.mailbox.linkTo('oscar@example.org');
    await me.page.goto(link);
    await me.types('Password', passwordOf('oscar'));
    await me.presses('Use it');
    await logsIn(me, 'oscar', passwordOf('oscar'));
    await me.isAt('acme');
    await me.page.goto(link);
    await me.isRefused(/link/, /ask|again/);
  },
};
