import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type TestBed, testBed } from './support/browser.ts';

describe('The home page', () => {
  let bed: TestBed;
  before(async () => {
    bed = await testBed();
  });
  after(() => bed.close());

  it('shows what a build writes as it writes it, how far it is, and why others wait', async () => {
    const build = bed.buildOf('birdseed');
    const window = await bed.window();
    const { page } = window;
    await window.open('/mini_buildd/');
    const now = page.getByRole('region', { name: 'Building now' });
    await now.getByText('60 min').first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    bed.on.builder.goesOn(build, 'linking birdseed\n');
    await now.getByText('linking birdseed').waitFor();
    await page.getByRole('region', { name: 'Queue' }).getByText('all 3 places of ernie are taken').first().waitFor();
    assert.equal(await page.getByText('Needs attention').count(), 0);
    window.isQuiet();
    await window.close();
  });

  it('says to who looks after the instance what needs somebody', async () => {
    for (const [who, isTold] of [
      ['user', false],
      ['manager', true],
      ['administrator', true],
    ] as const) {
      const window = await bed.window({ who });
      await window.open('/mini_buildd/');
      const told = await window.page.getByRole('region', { name: 'Needs attention' }).count();
      assert.equal(told > 0, isTold, who);
      window.isQuiet();
      await window.close();
    }
  });

  it('says the same without a script', async () => {
    const window = await bed.window({ scripts: false });
    await window.open('/mini_buildd/');
    await window.page.getByRole('region', { name: 'Building now' }).getByText('live log').first().click();
    await window.page.getByRole('heading', { name: 'Log', exact: true }).waitFor();
    await window.close();
  });
});
