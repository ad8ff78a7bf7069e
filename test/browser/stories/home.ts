import type { Story } from '../support/story.ts';

export const homeStory: Story = {
  tells: 'sees on the home page what goes on, and goes to a build that is under way',
  walk: async ({ page, scripts, reads, follows, isAt }) => {
    const region = (name: string) => page.getByRole('region', { name });
    await reads('running', region('Engine'));
    if (scripts) await reads('Live');
    await reads('all 3 places of ernie are taken', region('Queue'));
    await reads('rocket', region('Last packages'));
    await follows('live log', region('Building now').getByRole('listitem').filter({ hasText: 'birdseed' }));
    await isAt(/^birdseed 5\.0-1~acme13\+1 on a/);
    await follows('acme', page.getByRole('banner'));
    await isAt('acme');
  },
};
