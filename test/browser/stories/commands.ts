import type { Story } from '../support/story.ts';
import { goesTo } from './places.ts';

export const commandStory: Story = {
  tells: 'asks a command by its form, and reads the answer',
  walk: async (me) => {
    await goesTo(me, 'Commands');
    await me.isAt('Commands');
    await me.follows('show');
    await me.isAt('show');
    await me.types('package', 'hello');
    await me.presses('Show');
    await me.reads('2.12-2~acme13+1', me.page.getByRole('region', { name: 'Answer' }));
    await me.unfolds('The same elsewhere');
    await me.reads(/^mini-buildd-tool .*show hello/);
  },
};

export const referenceStory: Story = {
  tells: 'finds what programs ask, tries it, and gets the document of the whole interface',
  walk: async (me) => {
    await goesTo(me, 'Commands');
    await me.follows('reference');
    await me.isAt('Reference for programs');
    await me.follows('the same as OpenAPI 3.1');
    await me.page.getByText('"openapi"').first().waitFor();
    await me.page.goBack();
    await me.follows('status');
    await me.isAt(/\/mini_buildd\/api\/status$/);
    await me.follows('Try it');
    await me.isAt('status');
    await goesTo(me, 'Commands');
    await me.follows('index');
    await me.page.getByText('migrate').first().waitFor();
    await me.page.goBack();
    await me.isAt('Commands');
  },
};
