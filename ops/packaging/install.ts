import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compiled } from './compile.ts';
import { isRun, type Module } from './modules.ts';
import { type Part, partsOf } from './parts.ts';

// Called by debian/rules: install.ts PROJECT DEBIAN puts what runs below DEBIAN/PACKAGE/usr/lib/mini-buildd.

const [project = '.', debian = 'debian'] = process.argv.slice(2).map((path) => resolve(path));

const copy = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o644);
};

const installSource = (path: string, into: string): void => {
  if (!path.endsWith('.ts')) {
    copy(join(project, path), join(into, path));
    return;
  }
  const to = join(into, path.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, compiled(readFileSync(join(project, path), 'utf8')));
};

const installModule = ({ path }: Module, into: string): void => {
  for (const entry of globSync('**/*', { cwd: join(project, path), withFileTypes: true, exclude: ['node_modules'] })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && isRun(file.slice(join(project, path).length + 1)) && !isProgram(file))
      copy(file, join(into, file.slice(project.length + 1)));
  }
};

/** Modules bring programs for a shell, too. */
const isProgram = (file: string): boolean => readFileSync(file).subarray(0, 2).toString() === '#!';

const install = (name: string, { sources, modules }: Part): void => {
  const into = join(debian, name, 'usr/lib/mini-buildd');
  for (const path of sources) installSource(path, into);
  for (const module of modules) installModule(module, into);
};

const { tool, server } = partsOf(project);
install('mini-buildd-tool', tool);
install('mini-buildd', server);

// What we are, without what only who works on us needs.
const { name, version, license, type } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
const manifest = join(debian, 'mini-buildd-tool/usr/lib/mini-buildd/package.json');
writeFileSync(manifest, `${JSON.stringify({ name, version, license, type }, undefined, 2)}\n`);
