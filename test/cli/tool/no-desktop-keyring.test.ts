import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const keyring = new URL('../../../src/cli/tool/desktop-keyring.ts', import.meta.url).href;

describe('A machine without a desktop keyring', () => {
  it('finds nothing, and is not waited for', () => {
    const program = `import { secretTool } from '${keyring}'; console.log(await secretTool.lookup('jane@nowhere'));`;
    const { status, stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      env: { PATH: '/nonexistent' },
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.deepEqual({ status, signal, stdout }, { status: 0, signal: null, stdout: 'undefined\n' });
  });
});
