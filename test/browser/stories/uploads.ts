import type { Fingerprint } from '../../../src/domain/debian/names.ts';
import { maintainer, version } from '../../support/fixed-examples.ts';
import { sourceUpload } from '../../support/source-upload.ts';
import type { Story } from '../support/story.ts';
import type { Walker } from '../support/walker.ts';
import { goesTo } from './places.ts';

const sends = async (me: Walker, source: string, signedBy: Fingerprint | null): Promise<void> => {
  const { files, changes } = sourceUpload({
    source,
    version: version('1.0-1~acme13+1'),
    distribution: 'trixie-acme-unstable',
    signedBy,
  });
  await goesTo(me, 'Upload');
  await me.isAt('Upload');
  await me.gives(
    'Files',
    [...files, changes].map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes) })),
  );
  await me.presses('Upload');
};

/** The verdict comes by itself where scripts run; without, one looks again. */
const learns = async (me: Walker, verdict: string): Promise<void> => {
  await me.isAt(/_source\.changes$|^Upload$/);
  if (!me.scripts) await me.follows('Look again');
  await me.reads(verdict);
};

export const uploadStory: Story = {
  tells: 'uploads a source package, hears that it is accepted, and sees the way it goes',
  walk: async (me) => {
    await sends(me, 'roadrunner', maintainer);
    await learns(me, 'accepted');
    await me.follows('roadrunner');
    await me.isAt(/^roadrunner/);
    await me.follows('needs-build', me.card('Last uploads'));
    await me.isAt(/^Upload of roadrunner 1\.0-1~acme13\+1/);
    await me.unfolds('The same as a table');
    await me.reads('upload accepted');
  },
};

export const rejectedStory: Story = {
  tells: 'is told why an upload is rejected, by which rule, and what to do',
  walk: async (me) => {
    await sends(me, 'anvil', null);
    await learns(me, 'rejected');
    await me.isRefused(/sign/, /sign/);
  },
};

export const uploadsStory: Story = {
  tells: 'seeks among all uploads one that failed, and sees where it stopped',
  walk: async (me) => {
    await me.follows('All uploads');
    await me.isAt('Uploads');
    await me.chooses('State', 'failed');
    await me.types('Source package', 'rocket');
    await me.presses('Show');
    await me.follows(/failed/, me.page.getByRole('row').filter({ hasText: 'rocket' }));
    await me.isAt(/^Upload of rocket 2\.0-1~acme13\+1/);
  },
};
