import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const project = join(import.meta.dirname, '..', '..');
const json = (path: string) => JSON.parse(readFileSync(join(project, path), 'utf8'));

describe('Dependencies', () => {
  it('are pinned exactly: no range decides what runs', () => {
    const { dependencies, devDependencies, optionalDependencies } = json('package.json') as Record<
      string,
      Record<string, string>
    >;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name}: ${version}`);
    }
  });

  it('are locked by checksum, and name no registry', () => {
    const { packages } = json('package-lock.json') as {
      packages: Record<string, { integrity?: string; resolved?: string; link?: boolean }>;
    };
    for (const [path, { integrity, resolved }] of Object.entries(packages)) {
      if (path === '') continue;
      assert.ok(integrity, `${path} has no checksum`);
      assert.equal(resolved, undefined, `${path} names a registry`);
    }
  });
});
