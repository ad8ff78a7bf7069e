import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { removeFolder } from '../support/remove-folder.ts';

const project = join(import.meta.dirname, '..', '..');

/** What the checked rule says of a tree with these files. */
const cruise = (folder: string, files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries({ 'tsconfig.json': '{}', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const cruiser = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const { status, stdout } = spawnSync(
    process.execPath,
    [cruiser, '--config', join(project, '.dependency-cruiser.cjs'), 'src'],
    { cwd: folder, encoding: 'utf8' },
  );
  return { status, stdout };
};

describe('The rule that arrows point inwards', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arrows-'));
  after(() => removeFolder(folder));

  for (const [rule, from, to] of [
    ['domain-knows-only-itself', 'src/domain/planted.ts', '../adapters/clock/clock.ts'],
    ['ports-know-the-domain', 'src/ports/planted.ts', '../adapters/clock/clock.ts'],
    ['projections-know-the-domain', 'src/projections/planted.ts', '../adapters/clock/clock.ts'],
    ['reactors-know-no-adapter', 'src/reactors/planted.ts', '../adapters/clock/clock.ts'],
    ['app-knows-no-adapter', 'src/app/planted.ts', '../adapters/clock/clock.ts'],
    ['disk-knows-the-domain', 'src/disk/planted.ts', '../adapters/clock/clock.ts'],
    ['adapters-know-no-other-adapter', 'src/adapters/http/planted.ts', '../clock/clock.ts'],
    ['domain-touches-no-machine', 'src/domain/planted.ts', 'node:fs'],
    ['projections-touch-no-machine', 'src/projections/planted.ts', 'node:fs'],
    ['reactors-know-rxjs', 'src/reactors/planted.ts', 'node:fs'],
  ] as const) {
    it(`finds a planted import of ${to} in ${from}`, () => {
      const tree = join(folder, rule);
      const { status, stdout } = cruise(tree, {
        [from]: `import * as planted from '${to}';\nexport const used = planted;\n`,
        'src/adapters/clock/clock.ts': 'export const clock = 1;\n',
      });
      assert.notEqual(status, 0);
      assert.match(stdout, new RegExp(rule));
    });
  }

  it('lets an arrow pass that points inwards', () => {
    const { status, stdout } = cruise(join(folder, 'inwards'), {
      'src/adapters/clock/clock.ts': "import { word } from '../../domain/word.ts';\nexport const clock = word;\n",
      'src/domain/word.ts': "export const word = 'clock';\n",
    });
    assert.equal(status, 0, stdout);
  });
});
