import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atWork } from '../../support/accounts-at-work.ts';
import { plainBrowser } from '../../support/plain-browser.ts';

describe('Pages of lists', () => {
  it('keep what was typed, escaped, and say what is wrong with it', async (test) => {
    const { url } = await atWork(test);
    const browser = plainBrowser(url);
    const found = await browser.open('/mini_buildd/builds?state=failed&source=a*&architecture=&page=9');
    assert.equal(found.status, 200);
    assert.match(found.page, /<option selected>failed<\/option>/);
    assert.match(found.page, /name="source" value="a\*"/);
    assert.match(found.page, /0 found/);
    assert.match(found.page, /history\?type=BuildRequested/);
    const wrong = await browser.open('/mini_buildd/builds?architecture=%3Cb%3E&state=lost');
    assert.equal(wrong.status, 400);
    assert.match(wrong.page, /role="alert"/);
    assert.match(wrong.page, /name="architecture" value="&#60;b&#62;"/);
    assert.doesNotMatch(wrong.page, /<b>"/);
  });
});
