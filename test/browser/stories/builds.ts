import type { Story } from '../support/story.ts';
import { isToldWhoMay } from './deeds.ts';
import { goesTo } from './places.ts';

export const buildsStory: Story = {
  tells: 'seeks among all builds those of an architecture that failed, and goes to one',
  walk: async (me) => {
    await me.follows(/^\d+ building, \d+ waiting$/);
    await me.isAt('Builds');
    if (me.scripts) await me.reads('Live');
    await me.chooses('State', 'failed');
    await me.types('Architecture', 'amd64');
    await me.presses('Show');
    await me.reads(/ftbfs/);
    await me.follows(/failed/, me.page.getByRole('row').filter({ hasText: 'rocket' }));
    await me.isAt(/^rocket 2\.0-1~acme13\+1 on amd64/);
  },
};

export const machinesStory: Story = {
  tells: 'looks over what builds, sees what is built on it now, and what happened to it',
  walk: async (me) => {
    await me.follows('All machines');
    await me.isAt('Machines');
    if (me.scripts) await me.reads('Live');
    await me.follows(/^birdseed /, me.page.getByRole('row').filter({ hasText: 'builder' }));
    await me.isAt(/^birdseed /);
    await goesTo(me, 'Statistics');
    await me.follows('All machines');
    await me.chooses('Kind', 'chroot');
    await me.types('Architecture', 'amd64');
    await me.presses('Show');
    await me.follows('History of trixie-amd64');
    await me.isAt('History');
    await me.reads('chroot prepared');
  },
};

export const failedBuildStory: Story = {
  tells: 'learns from its page why a build failed, reads the log, and has it tried again',
  walk: async (me) => {
    const failed = me.page.getByRole('row').filter({ hasText: 'rocket' });
    await me.follows(/^amd64/, failed);
    await me.isAt(/^rocket 2\.0-1~acme13\+1 on amd64/);
    await me.reads(/^ftbfs in build: /);
    await me.reads(/error: ‘thrust’ undeclared/);
    await me.unfolds('As a table');
    await me.follows('First error');
    await me.reads(/error: |\*\*\*/, me.page.locator('.log'));
    if (!me.scripts) {
      await me.isAt(/^Log of rocket 2\.0-1~acme13\+1 on amd64$/);
      await me.types('Find in the log', 'gcc');
      await me.presses('Find');
      await me.follows('Find the next one');
      await me.reads(/^Found in line \d+/);
      await me.follows('Plain text');
      await me.page.getByText('dpkg-buildpackage').first().waitFor();
      await me.page.goBack();
      await me.follows(/^rocket 2\.0-1~acme13\+1 on amd64$/);
    }
    if (!me.may('staff')) return isToldWhoMay(me, 'retry', { package: 'rocket', version: '2.0-1~acme13+1' });
    await me.presses('Retry');
    await me.reads('What it would do');
    await me.presses('Do it');
    await me.reads('done');
  },
};

export const artifactStory: Story = {
  tells: 'takes what a build made, and its log, along, and reads what a check said',
  walk: async (me) => {
    await me.follows(/^arm64/, me.page.getByRole('row').filter({ hasText: 'tunnel' }));
    await me.isAt('tunnel 0.9-1~acme13+1 on arm64');
    await me.downloads('tunnel_0.9-1~acme13+1_arm64.deb');
    await me.downloads('Download');
    await me.follows('acme', me.page.getByRole('banner'));
    await me.follows(/^amd64/, me.page.getByRole('row').filter({ hasText: 'acme-tools' }));
    await me.isAt(/^acme-tools 0\.5-1~acme13\+1 on amd64/);
    await me.reads('lintian');
    await me.follows('log', me.page.getByRole('row').filter({ hasText: 'lintian' }));
    await me.page.getByText('log of').first().waitFor();
    await me.page.goBack();
    await me.follows('0.5-1~acme13+1', me.page.getByRole('heading', { level: 1 }));
    await me.isAt(/^Upload of acme-tools/);
    await me.follows('All logs and records of this version');
    await me.isAt(/^Index of/);
    await me.follows('amd64/');
    await me.isAt(/amd64\/$/);
  },
};
