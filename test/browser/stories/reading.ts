import type { Story } from '../support/story.ts';
import { goesTo } from './places.ts';

export const manualStory: Story = {
  tells: 'reads in the manual what a word there leads to',
  walk: async (me) => {
    await goesTo(me, 'Manual');
    await me.isAt(/manual/i);
    await me.types('Words in the manual', 'rollback');
    await me.presses('Find');
    await me.isAt(/“rollback” in the manual/);
    await me.follows('Earlier contents');
    await me.isAt('Using the archive');
  },
};

export const statisticsStory: Story = {
  tells: 'looks at the pictures of builds and disks, and at the tables behind them',
  walk: async (me) => {
    await goesTo(me, 'Statistics');
    await me.isAt('Statistics');
    await me.page.getByRole('img', { name: /^How long builds took/ }).waitFor();
    await me.follows('the last 26 weeks');
    await me.unfolds('As a table');
    await me.reads('accepted', me.page.getByRole('table'));
  },
};

export const styleStory: Story = {
  tells: 'sees on one page what everything looks like',
  walk: async (me) => {
    await me.follows('Style', me.page.getByRole('contentinfo'));
    await me.isAt('Style');
    await me.reads('A state is said by its word and drawn by shape and colour.');
  },
};
