import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { variables } from '../../ops/man/daemon-page.ts';

const project = join(import.meta.dirname, '../..');
const namesIn = (file: string): readonly string[] =>
  readFileSync(join(project, file), 'utf8').match(/\bMINI_BUILDD_[A-Z_]+\b/g) ?? [];
const rows = (file: string): readonly string[] =>
  [...readFileSync(join(project, file), 'utf8').matchAll(/^\| (`MINI_BUILDD_.*?) \|/gm)].flatMap(
    ([row]) => row.split('|')[1]?.match(/MINI_BUILDD_[A-Z_]+/g) ?? [],
  );
const documented = variables.map(([name]) => name);

describe('ops/start, called by another user than root', () => {
  /** What it gives to sudo, with such an environment. */
  const toSudo = (env: Readonly<Record<string, string>>): readonly string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-start-'));
    try {
      for (const [name, text] of [
        ['id', 'echo 1000'],
        ['sudo', 'printf "%s\\n" "$@"'],
      ] as const) {
        writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
        chmodSync(join(folder, name), 0o755);
      }
      const said = execFileSync(join(project, 'ops/start'), ['--demo'], {
        encoding: 'utf8',
        env: { PATH: `${folder}:${process.env.PATH}`, ...env },
      });
      return said.trim().split('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const started = [join(project, 'ops/start'), '--demo'];

  it('hands on every setting that is documented', () => {
    const given = Object.fromEntries(documented.map((name) => [name, 'some']));
    const [option = '', ...rest] = toSudo({ ...given, OTHER: 'some' });
    const [, names = ''] = /^--preserve-env=(.+)$/.exec(option) ?? [];
    assert.deepEqual(names.split(',').sort(), [...documented].sort());
    assert.deepEqual(rest, started);
  });

  it('hands on nothing where nothing is set, and no secret of mini-buildd-tool', () => {
    assert.deepEqual(toSudo({}), started);
    assert.deepEqual(toSudo({ MINI_BUILDD_TOKEN: 'secret' }), started);
  });

  it('knows by that all that the daemon reads, and that the README names', () => {
    const read = new Set([...namesIn('src/settings.ts'), ...rows('README.md')]);
    assert.ok(read.size > 30);
    assert.deepEqual(
      [...read].filter((name) => !documented.includes(name)),
      [],
    );
  });
});
