import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type TestBed, testBed } from './support/browser.ts';

describe('A house that is full, and work that takes its time', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed({ streams: 0 });
  });
  after(() => bed.close());

  it('says to who cannot look on live that they cannot, and shows them the page', async () => {
    const { page, open, close } = await bed.window();
    await open('/mini_buildd/');
    await page.getByText('Not live just now: as many look as this server allows.').waitFor();
    assert.ok((await page.getByRole('region', { name: 'Building now' }).textContent())?.includes('birdseed'));
    await close();
  });
});

describe('The page of a repository', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  it('shows a publication while it lasts, and that it is over', async () => {
    const { page, open, isQuiet, close } = await bed.window();
    await open('/mini_buildd/repositories/acme');
    const work = page.locator('#works');
    assert.equal(await work.textContent(), '');
    let end = (): void => {};
    const lasting = bed.daemon.engine.works.during('publication', 'acme', (say) => {
      say('exporting trixie-acme-unstable');
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    });
    await work.getByText('exporting trixie-acme-unstable').waitFor();
    end();
    await lasting;
    await work.getByText('exporting').waitFor({ state: 'detached' });
    isQuiet();
    await close();
  });
});
