import assert from 'node:assert/strict';
import { isRight } from 'fp-ts/lib/Either.js';
import { instant } from '../../../src/domain/codec.ts';
import { because } from '../../support/accounts-at-work.ts';
import { armoredKey } from '../../support/fixed-examples.ts';
import type { Story } from '../support/story.ts';
import type { Walker } from '../support/walker.ts';
import { goesTo } from './places.ts';

const places = (me: Walker) => me.page.getByRole('navigation', { name: 'Administration' });

export const administrationStory: Story = {
  tells: 'comes to what an administrator looks after as far as it is theirs',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    if (me.may('admin')) {
      await me.isAt('Administration');
      return me.reads('What needs you');
    }
    if (me.may('staff')) return me.isAt('Uploaders');
    if (me.who === undefined) return me.isAskedWhoTheyAre(/"administration" needs the privilege "admin"/);
    await me.isAt('Forbidden');
    await me.isRefused(
      /"administration" needs the privilege "admin", and the caller has "login"/,
      'ask an administrator',
    );
  },
};

/** A kind of what is declared: how one of it is told otherwise. */
type Kind = {
  readonly section: string;
  readonly object?: string;
  readonly heading: string;
  readonly field: RegExp;
  readonly text: string;
};

const kinds: readonly Kind[] = [
  { section: 'Instance', heading: 'Instance', field: /^Where foreign sources/, text: 'https://example.org/' },
  {
    section: 'Sources',
    object: 'debian-sid',
    heading: 'Source debian-sid',
    field: /^Taken from component/,
    text: 'updates/',
  },
  {
    section: 'Layouts',
    object: 'Default (no rollbacks)',
    heading: 'Layout Default (no rollbacks)',
    field: /^What ports append to/,
    text: '~%IDENTITY%%CODEVERSION%+2',
  },
  {
    section: 'Distributions',
    object: 'sid',
    heading: 'Distribution sid',
    field: /^DEB_BUILD_OPTIONS/,
    text: 'nocheck',
  },
  {
    section: 'Repositories',
    object: 'lab',
    heading: 'Repository lab',
    field: /^Home page/,
    text: 'https://example.org/lab',
  },
  { section: 'Chroots', object: 'sid-amd64', heading: 'Chroot sid-amd64', field: /^Packages in it/, text: 'fakeroot' },
];

const changes = ({ section, object, heading, field, text }: Kind): Story => ({
  tells: `declares something else of ${heading}, after a look at what that comes to`,
  onlyFor: 'admin',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    await me.follows(section, places(me));
    if (object !== undefined) await me.follows(object);
    await me.isAt(heading);
    await me.follows('Change');
    await me.types(field, text);
    await me.presses('Show what that changes');
    await me.reads(text, me.page.locator('#difference'));
    await me.presses('Apply this');
    await me.isAt(heading);
    await me.reads(/configured/, me.page.locator('section').filter({ hasText: 'What happened to it' }));
    await me.reads(text);
    if (object === undefined) return;
    await me.follows('Remove …');
    await me.reads('What would happen');
    await me.follows('Leave it');
    await me.isAt(heading);
  },
});

const retention: Story = {
  tells: 'adds a retention, sees what it would remove, and takes it back',
  onlyFor: 'admin',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    await me.follows('Retention', places(me));
    await me.follows('Add a retention');
    await me.types('name', 'lab');
    await me.types(/^Old versions/, '2');
    await me.types(/^Days that old/, '30');
    await me.presses('Show what that changes');
    await me.presses('Apply this');
    await me.isAt(/^Retention /);
    await me.follows('Remove …');
    await me.presses('Apply this');
    await goesTo(me, 'Administration');
    await me.follows('Retention', places(me));
    await me.follows('Add a retention');
    await me.isAt('Add a retention');
  },
};

const preparation: Story = {
  tells: 'reads what the preparation of a chroot printed',
  onlyFor: 'admin',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    await me.follows('Chroots', places(me));
    await me.follows('trixie-amd64');
    await me.reads('What its preparation printed');
    await me.follows(/^All \d+ lines/);
    await me.page.locator('pre').first().waitFor();
    await me.page.goBack();
    await me.isAt('Chroot trixie-amd64');
  },
};

const document: Story = {
  tells: 'changes the whole configuration as one document, and has a copy of it',
  onlyFor: 'admin',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    await me.follows('Whole configuration', places(me));
    await me.downloads('Download it');
    const text = await me.page.getByLabel('Document').inputValue();
    await me.types('Document', text.replace('registration: open', 'registration: closed'));
    await me.presses('Show what that changes');
    await me.reads(/registration/, me.page.locator('#what'));
    await me.types('Document', text);
    await me.presses('Show what that changes');
    await me.reads('Nothing: it is so already.');
    await me.types('Document', text.replace('allowEmailsTo: (?!)', 'allowEmailsTo: example.org$'));
    await me.presses('Show what that changes');
    await me.presses('Apply this');
    await me.isAt('Administration');
  },
};

const wizard: Story = {
  tells: 'is led to a repository of their own, and to all that dput and apt are told of it',
  onlyFor: 'admin',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    await me.follows('Set up more codenames and repositories, step by step');
    await me.types(/^Repository/, 'first');
    await me.presses('Look at what that declares');
    await me.reads(/\+ +first:/, me.page.locator('#difference'));
    await me.presses('Apply this');
    await me.isAt('Repository first');
    await me.reads('[mini-buildd-acme]');
    await me.types(/^Your own public key/, 'no key at all');
    await me.presses('Look at what lets me upload with it');
    await me.reads(/key/, me.page.getByRole('alert'));
  },
};

/** From a link of a page to what it comes to, and there it is done; `doing` says what it would do. */
const doesFromPage = async (me: Walker, link: string, doing: string | RegExp, done: string | RegExp): Promise<void> => {
  await me.follows(link);
  await me.presses('Look at what it would do');
  await me.reads('What it would do');
  await me.reads(doing);
  await me.presses('Do it');
  await me.reads('done');
  await me.reads(done);
};

const refresh: Story = {
  tells: 'makes a chroot anew from its page',
  onlyFor: 'admin',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    await me.follows('Chroots', places(me));
    await me.follows('trixie-amd64');
    await doesFromPage(me, 'Make it anew …', /trixie-amd64 would be made anew/, /trixie-amd64 is made anew/);
  },
};

const sourceCheck: Story = {
  tells: 'checks a source from its page, and reads what its archive says',
  onlyFor: 'admin',
  walk: async (me) => {
    await goesTo(me, 'Administration');
    await me.follows('Sources', places(me));
    await me.follows('debian-trixie');
    await doesFromPage(me, 'Check it now …', /would look at trixie of/, /Codename: trixie/);
    await me.reads(/Components: main/);
  },
};

const engine: Story = {
  tells: 'stops the engine from the home page, and starts it again',
  onlyFor: 'admin',
  walk: async (me) => {
    for (const [button, would, is, other] of [
      ['Stop the engine …', /would be DOWN/, /^DOWN/, 'Start the engine …'],
      ['Start the engine …', /would be UP/, /^UP/, 'Stop the engine …'],
    ] as const) {
      await me.follows('acme', me.page.getByRole('banner'));
      await me.page.getByRole('button', { name: other }).waitFor({ state: 'hidden' });
      await me.presses(button);
      await me.reads(would);
      await me.presses('Do it');
      await me.reads('done');
      await me.reads(is);
    }
    await goesTo(me, 'Administration');
    await me.follows('Instance', places(me));
    await me.follows('Stop the engine …');
    await me.isAt('stop');
  },
};

/** The newest key ends by itself, as its file says from now on. */
const ends = async ({ bed: { on, daemon } }: Walker): Promise<void> => {
  const fingerprint = on.archiveKeys.at(-1) ?? assert.fail('there is no key');
  const expiresAt = instant(Date.now() + 30 * 86_400_000);
  on.keyEnds.set(fingerprint, Date.parse(expiresAt));
  const publicKey = armoredKey(fingerprint);
  const told = await daemon.engine.tell({ command: 'SetArchiveKeyExpiry', fingerprint, publicKey, expiresAt }, because);
  assert.ok(isRight(told));
};

const keys: Story = {
  tells:
    'brings a new archive key from the page of the instance, prolongs it, retires the old one, and keeps that after all',
  onlyFor: 'admin',
  walk: async (me) => {
    const toInstance = async (): Promise<void> => {
      await goesTo(me, 'Administration');
      await me.follows('Instance', places(me));
      await me.isAt('Instance');
    };
    await toInstance();
    await doesFromPage(me, 'A new key beside them …', 'a new key', /[0-9A-F]{40}/);
    await ends(me);
    await toInstance();
    await doesFromPage(me, 'Prolong …', /would end on \d{4}-/, /[0-9A-F]{40}/);
    await toInstance();
    await doesFromPage(me, 'Retire …', /^from \d{4}-/, /retir/);
    await toInstance();
    await me.reads(/retiring/, me.page.locator('#archive-keys'));
    await doesFromPage(me, 'Keep it …', /[0-9A-F]{40}/, /[0-9A-F]{40}/);
    await toInstance();
    await me.page.locator('#archive-keys').getByRole('link', { name: 'Retire …' }).waitFor();
  },
};

export const objectStories: readonly Story[] = [
  ...kinds.map(changes),
  ...[retention, preparation, document, wizard, refresh, sourceCheck, engine, keys],
];
