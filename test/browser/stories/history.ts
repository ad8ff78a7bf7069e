import type { Story } from '../support/story.ts';
import { goesTo } from './places.ts';

export const historyStory: Story = {
  tells: 'seeks in the history what happened to a package, and follows one event to its causes and all it began',
  walk: async (me) => {
    await goesTo(me, 'History');
    await me.types('Source package', 'hello');
    await me.presses('Show');
    await me.follows('package installed');
    await me.isAt(/^package installed/);
    await me.reads('Why, and what came of it');
    await me.follows('Everything that the same upload or command began');
    await me.isAt('History');
    await me.reads('upload received');
  },
};

export const thenStory: Story = {
  tells: 'chooses a distribution in the history, takes the apt source of that state, and goes to what it first was',
  walk: async (me) => {
    await goesTo(me, 'History');
    await me.chooses('Which', 'trixie-acme-unstable');
    await me.presses('Look');
    await me.reads('trixie-acme-unstable by now');
    await me.unfolds('This very state as an apt source');
    await me.reads(/URIs: .*\/snapshots\/acme\//);
    await me.follows('First');
    await me.isAt('trixie-acme-unstable');
    await me.reads(/as apt saw it from/);
  },
};

export const auditStory: Story = {
  tells: 'sees of what people did as much as is theirs to see',
  walk: async (me) => {
    await goesTo(me, 'History');
    await me.types('Kind of event', 'UploaderApproved');
    await me.presses('Show');
    if (me.who === undefined) return me.reads('Nothing that you may see.');
    await me.follows('uploader approved');
    await me.isAt(/^uploader approved/);
  },
};

export const sealsStory: Story = {
  tells: 'sees how far the log is sealed, and fetches a checkpoint and how to verify it by hand',
  walk: async (me) => {
    await me.follows('All seals, and how to verify them by hand');
    await me.isAt('Seals of the log');
    await me.reads('By hand');
    await me.follows('2', me.page.getByRole('region', { name: 'Checkpoints' }));
    await me.page.getByText('acme').first().waitFor();
    await me.page.goBack();
    await me.isAt('Seals of the log');
  },
};
