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

  it('are locked by checksum wherever we run, and name no registry', () => {
    const { packages } = json('package-lock.json') as { packages: Record<string, Locked> };
    for (const [path, locked] of Object.entries(packages)) {
      if (path === '') continue;
      assert.ok(locked.integrity || isForeign(locked), `${path} has no checksum`);
      assert.equal(locked.resolved, undefined, `${path} names a registry`);
    }
  });
});

type Locked = {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
};

/** For a platform that nobody runs this on, so that npm never fetches it. */
const isForeign = ({ os, cpu, libc }: Locked): boolean =>
  os?.includes('linux') === false ||
  libc?.includes('musl') === true ||
  ['arm', 'ppc64', 'riscv64', 's390x'].includes(cpu?.[0] ?? '');
