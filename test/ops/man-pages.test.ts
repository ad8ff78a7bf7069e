import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { toolPage, toolPageFile } from '../../ops/generate-man-pages.ts';

describe('The manual page of mini-buildd-tool', () => {
  it('is the one that the command table makes', () => {
    assert.equal(readFileSync(toolPageFile, 'utf8'), toolPage(), 'run: npm run docs:man');
  });

  it('is read by groff without a complaint', () => {
    const { stderr, status } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', toolPageFile], { encoding: 'utf8' });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  it('shows commands with their arguments and options', () => {
    const shown = execFileSync('groff', ['-man', '-Tascii', '-P-c', '-P-b', '-P-u', toolPageFile], {
      encoding: 'utf8',
    });
    assert.match(shown, /^ +migrate <package> <distribution>$/m);
    assert.match(shown, /^ +-F, --full$/m);
    assert.match(shown, /"mini-buildd-" before it/);
  });
});
