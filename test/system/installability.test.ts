import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { doseInstallability } from '../../src/adapters/dose/dose-installability.ts';
import { type Run, runBounded } from '../../src/adapters/dose/run-bounded.ts';
import { installabilityContract } from '../contracts/installability.ts';
import { removeFolder } from '../support/remove-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'installability-test-'));
after(() => removeFolder(folder));

/** A host whose apt has fetched main of one archive; everything else is real. */
const host = (packages: string): Run => {
  const path = join(folder, 'debian_Packages');
  return async (program, args, bounds) => {
    if (program !== 'apt-get') return runBounded(program, args, bounds);
    writeFileSync(path, packages);
    const target = ['http://deb.debian.example.org/debian/', 'trixie', 'main', path].join('\t');
    return { code: 0, stdout: `${target}\n`, stderr: '' };
  };
};

installabilityContract('installability by dose-debcheck', (debianHas) => doseInstallability(host(debianHas)));
