import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { stylePage } from '../../../src/adapters/http/views/style-page.ts';
import { acme } from './sample-pages.ts';

describe('the page about style', () => {
  const page = stylePage(acme);

  it('has a swatch of every colour that the style sheet names', async () => {
    const sheet = await readFile(new URL('../../../src/adapters/http/assets/style.css', import.meta.url), 'utf8');
    const named = [...sheet.matchAll(/^ {2}--([a-z]+): light-dark/gm)].map(([, name]) => name);
    assert.ok(named.length >= 10);
    for (const name of named) {
      assert.match(page, new RegExp(`<span class="swatch of-${name}"`));
      assert.ok(sheet.includes(`.swatch.of-${name} {\n  background: var(--${name});`), name);
    }
  });

  it('shows buttons, what is wrong in a form, pictures, what happened, and parts that are refreshed', () => {
    for (const part of [
      /<button type="button" class="second small">/,
      /<button type="button" disabled>/,
      /aria-invalid="true" aria-describedby="faulty-fault".*class="fault" id="faulty-fault"/s,
      /<ol class="timeline">/,
      /class="held/,
    ])
      assert.match(page, part);
    assert.ok((page.match(/<figure/g)?.length ?? 0) >= 3);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, 'one of each id');
  });
});
