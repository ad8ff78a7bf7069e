import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { manPages } from '../../ops/generate-man-pages.ts';

for (const { file, page } of manPages) {
  describe(`The manual page ${basename(file)}`, () => {
    it('is the one that the program makes', () => {
      assert.equal(readFileSync(file, 'utf8'), page(), 'run: npm run docs:man');
    });

    it('is read by groff without a complaint', () => {
      const { stderr, status } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', file], { encoding: 'utf8' });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    });
  });
}

describe('Manual pages', () => {
  const shown = (name: string): string => {
    const file = manPages.find((page) => basename(page.file) === name)?.file ?? '';
    return execFileSync('groff', ['-man', '-Tascii', '-P-c', '-P-b', '-P-u', file], { encoding: 'utf8' });
  };

  it('show commands with their arguments and options', () => {
    const tool = shown('mini-buildd-tool.1');
    assert.match(tool, /^ +migrate <package> <distribution>$/m);
    assert.match(tool, /^ +-F, --full$/m);
    assert.match(tool, /"mini-buildd-" before it/);
  });

  it('show the verbs of the host, those of groups too', () => {
    const daemon = shown('mini-buildd.1');
    for (const verb of ['serve', 'setup', 'apply <file>', 'export', 'log accept-loss', 'user add <login>'])
      assert.match(daemon, new RegExp(`^ +${verb}$`, 'm'));
    assert.match(daemon, /^ +--role <role>\n +user, staff or admin. Default: user$/m);
  });

  it('name every variable that the settings read', () => {
    const settings = ['settings.ts', 'cli/mini-buildd.ts'].map((file) =>
      readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8'),
    );
    const read = new Set(settings.join('').match(/(?<=\benv(?:ironment)?\.)MINI_BUILDD_\w+/g));
    assert.ok(read.size > 5);
    const named = new Set(shown('mini-buildd.1').match(/MINI_BUILDD_\w+/g));
    assert.deepEqual(
      [...read].filter((name) => !named.has(name)),
      [],
    );
  });
});
