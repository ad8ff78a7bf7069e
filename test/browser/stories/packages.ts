import type { Story } from '../support/story.ts';
import { doesIt, isToldWhoMay } from './deeds.ts';

export const versionStory: Story = {
  tells: 'goes from a version to what was uploaded, and to the log of its build',
  walk: async (me) => {
    await me.follows('rocket');
    await me.isAt(/^rocket/);
    await me.follows(/^1\.9-1/, me.card('Where it stands'));
    await me.isAt(/^Upload of rocket 1\.9-1/);
    await me.reads(/^rocket_1\.9-1.*\.dsc$/, me.card('Files'));
    await me.reads(/^Format: |Distribution: /, me.card('Files'));
    await me.reads('built', me.card('Builds'));
    await me.follows('Log of amd64', me.card('Builds'));
    await me.isAt(/^Log of /);
  },
};

export const packageStory: Story = {
  tells: 'finds a package from any page, reads where it stands, and has it migrated',
  walk: async (me) => {
    const banner = me.page.getByRole('banner');
    await me.types('Source package', 'a', banner);
    await me.presses('Find', banner);
    await me.isAt('Source packages');
    await me.follows('acme-tools');
    await me.isAt(/^acme-tools/);
    await me.reads('0.5-1~acme13+1', me.page.getByRole('row').filter({ hasText: 'trixie' }));
    await me.unfolds('The same as a table');
    await me.reads('installed', me.card('Last uploads'));
    await me.reads('spelling-error-in-binary', me.card('What checks say'));
    await me.reads('package installed', me.card(/^What happened/));
    if (!me.may('staff'))
      return isToldWhoMay(me, 'migrate', { package: 'acme-tools', distribution: 'trixie-acme-unstable' });
    await me.presses('→ testing');
    await doesIt(me, 'trixie-acme-testing');
  },
};
