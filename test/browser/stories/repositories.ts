import type { Story } from '../support/story.ts';
import { doesIt, isToldWhoMay } from './deeds.ts';

export const repositoriesStory: Story = {
  tells: 'looks over all repositories, finds one by its name, and goes to it',
  walk: async (me) => {
    await me.follows('All repositories');
    await me.isAt('Repositories');
    await me.types('Name', 'ac*');
    await me.presses('Show');
    await me.reads(/^trixie-acme-/);
    await me.reads(/^and \d+ more$/);
    await me.follows('acme');
    await me.isAt('Repository acme');
  },
};

export const repositoryStory: Story = {
  tells: 'finds in a repository what apt is told, filters its packages, and has chosen ones migrated',
  walk: async (me) => {
    await me.follows('acme');
    await me.isAt('Repository acme');
    await me.reads('unstable', me.page.getByRole('group', { name: 'Picture of the suites' }));
    await me.unfolds('The same as a table');
    await me.unfolds('trixie-acme-stable');
    await me.reads('Suites: trixie-acme-stable');
    await me.types('Part of the name', 'rock');
    await me.presses('Filter');
    await me.reads('rocket');
    if (!me.may('staff'))
      return isToldWhoMay(me, 'migrate', { package: 'rocket', distribution: 'trixie-acme-unstable' });
    await me.ticks('rocket');
    await me.presses('Migrate');
    await doesIt(me, 'trixie-acme-testing');
  },
};

export const distributionStory: Story = {
  tells: 'looks at a distribution as it is and as it was, and at what came since',
  walk: async (me) => {
    await me.follows('acme');
    await me.follows(/^unstable /);
    await me.isAt('trixie-acme-unstable');
    await me.unfolds('Versions, and what builds use');
    await me.reads('~acme13+1');
    await me.unfolds('For dput: into ~/.dput.cf');
    await me.reads('[mini-buildd-acme]');
    await me.follows('Earlier');
    await me.reads('past');
    await me.follows('First');
    await me.reads(/publication 1 of/i);
    await me.follows('What changed since');
    await me.isAt(/^trixie-acme-unstable .*and trixie-acme-unstable/);
    await me.reads('other version');
    await me.chooses('Second', 'trixie-acme-stable');
    await me.presses('Compare');
    await me.isAt(/and trixie-acme-stable$/);
  },
};

export const suitesStory: Story = {
  tells: 'compares two suites, and goes by a time to one of them as it was then',
  walk: async (me) => {
    await me.follows('acme');
    await me.follows(/^testing /);
    await me.isAt('trixie-acme-testing');
    await me.chooses('Compare with', 'trixie-acme-unstable');
    await me.presses('Compare');
    await me.isAt('trixie-acme-testing and trixie-acme-unstable');
    await me.reads('only in the second');
    await me.types('Part of the name', 'no-such-package');
    await me.presses('Filter');
    await me.reads('0 in another version');
    await me.follows('trixie-acme-testing');
    await me.types('As at (UTC)', new Date(Date.now() - 14 * 86_400_000).toISOString().slice(0, 19));
    await me.presses('Go', me.page.locator('form').filter({ hasText: 'As at (UTC)' }));
    await me.reads('past');
    await me.reads(/\/snapshots\/acme\//);
  },
};
