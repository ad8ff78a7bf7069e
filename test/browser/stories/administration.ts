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

export const objectStories: readonly Story[] = [...kinds.map(changes), retention, preparation, document, wizard];
