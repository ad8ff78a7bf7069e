import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { compiled } from '../../ops/packaging/compile.ts';
import { copyrightOf } from '../../ops/packaging/copyright.ts';
import { isRun, shippedModules } from '../../ops/packaging/modules.ts';
import { partsOf } from '../../ops/packaging/parts.ts';
import { settingsFrom } from '../../src/settings.ts';

const project = join(import.meta.dirname, '../..');
const debian = (name: string): string => readFileSync(join(project, 'ops/debian', name), 'utf8');
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));

describe('what is compiled for the package', () => {
  it('has no types, leads to files that are there by then, and keeps its lines', () => {
    const source = [
      '#!/usr/bin/env node',
      "import { a } from '../a.ts';",
      "import type { B } from './b.ts';",
      "const b: B = await import('./b.ts');",
      "new Worker(new URL('./w-1.ts', import.meta.url), new URL('tool.ts', import.meta.url));",
      "const said = 'not a file.ts';",
    ].join('\n');
    assert.deepEqual(compiled(source).split('\n'), [
      '',
      "import { a } from '../a.js';",
      '',
      "const b    = await import('./b.js');",
      "new Worker(new URL('./w-1.js', import.meta.url), new URL('tool.js', import.meta.url));",
      "const said = 'not a file.ts';",
    ]);
    assert.throws(() => compiled('enum More { Than, Types }'));
  });
});

describe('what the packages hold', () => {
  const modules = shippedModules(project);
  const { tool, server } = partsOf(project);

  it('is everything that the project depends on, and nothing that only tests and checks use', () => {
    const names = new Set(modules.map(({ name }) => name));
    for (const name of Object.keys(manifest.dependencies)) assert.ok(names.has(name), name);
    for (const name of ['typescript', '@types/node', 'playwright-core', 'knip']) assert.ok(!names.has(name), name);
  });

  it('is every source, in one of them', () => {
    const sources = globSync('src/**/*.ts', { cwd: project });
    assert.equal([...tool.sources].filter((path) => server.sources.has(path)).length, 0);
    for (const path of sources) assert.ok(tool.sources.has(path) || server.sources.has(path), path);
  });

  it('lets the tool run without the server, and is little then', () => {
    assert.ok(tool.sources.has('src/cli/tool/tool.ts') && tool.sources.has('src/cli/mini-buildd-dput.ts'));
    assert.ok(!tool.sources.has('src/main.ts'));
    assert.deepEqual([...tool.modules].map(({ name }) => name).sort(), ['commander', 'fp-ts', 'io-ts']);
    assert.deepEqual(
      [...server.modules].filter((module) => tool.modules.has(module)),
      [],
    );
  });

  it('holds no file that nothing runs, and folders of modules that are called like those that are left out', () => {
    for (const file of ['index.d.ts', 'README.md', 'LICENSE', 'test/a.js', 'docs/a.js', 'dist/a.js.map'])
      assert.equal(isRun(file), false, file);
    for (const file of ['index.js', 'dist/doc/a.js', 'a.mjs', 'package.json', 'b.proto'])
      assert.equal(isRun(file), true, file);
  });
});

describe('debian/copyright', () => {
  const copyright = copyrightOf(project);
  const paragraphs = copyright.split('\n\n').map((text) => text.trim());

  it('speaks of every module that is shipped, and gives the text of every licence that it names', () => {
    const named = new Set<string>();
    for (const { path } of shippedModules(project)) {
      const paragraph = paragraphs.find((text) => text.startsWith(`Files: ${path}/*\n`));
      assert.ok(paragraph, path);
      assert.match(paragraph, /\nCopyright: \S/);
      for (const name of /^License: (.+)$/m.exec(paragraph)?.[1]?.split(' and ') ?? assert.fail(path)) named.add(name);
    }
    for (const name of named) {
      const text = paragraphs.filter((each) => each.startsWith(`License: ${name}\n`));
      assert.equal(text.length, 1, name);
      assert.ok((text[0] ?? '').split('\n').length > 2, name);
    }
  });

  it('keeps words of licences as they are where they differ', () => {
    assert.match(copyright, /^License: Expat\n Permission is hereby granted, free of charge/m);
    assert.match(copyright, /OpenPGP|openpgp/);
  });
});

describe('debian/', () => {
  it('has units that run what is installed, with settings that are read', () => {
    const daemon = debian('mini-buildd.service');
    const helper = debian('mini-buildd.mini-buildd-root-helper.service');
    assert.match(daemon, /^ExecStart=\/usr\/bin\/mini-buildd serve$/m);
    const [, path = ''] = /^ExecStart=\/usr\/lib\/mini-buildd\/(\S+)/m.exec(helper) ?? [];
    assert.ok(existsSync(join(project, path)), path);
    const program = debian('program/mini-buildd');
    const [, socket = '', instance = ''] = /--socket (\S+) .*--instance (\S+)/.exec(helper) ?? [];
    assert.ok(
      program.includes(`MINI_BUILDD_HELPER:-${socket}}`) && program.includes(`MINI_BUILDD_INSTANCE:-${instance}}`),
    );
    const examples = [...debian('mini-buildd.env').matchAll(/^#(MINI_BUILDD_\w+)=(.*)$/gm)];
    const read =
      readFileSync(join(project, 'src/settings.ts'), 'utf8') +
      readFileSync(join(project, 'src/cli/mini-buildd.ts'), 'utf8');
    for (const [, name = ''] of examples) assert.ok(read.includes(name), name);
    settingsFrom(Object.fromEntries(examples.map(([, name = '', value = '']) => [name, value])));
  });

  it('installs every program and every manual page of the project', () => {
    const installed = debian('mini-buildd.install') + debian('mini-buildd-tool.install');
    for (const name of Object.keys(manifest.bin))
      assert.match(installed, new RegExp(`^debian/program/${name} usr/bin$`, 'm'));
    const pages = debian('mini-buildd.manpages') + debian('mini-buildd-tool.manpages');
    for (const page of globSync('docs/man/*', { cwd: project })) assert.ok(pages.includes(page), page);
  });

  it('has the version of the project, and the Node that it asks for', () => {
    assert.match(debian('changelog'), new RegExp(`^mini-buildd \\(${manifest.version}\\) `));
    assert.ok(debian('control').includes(`nodejs (${manifest.engines.node.replace('>=', '>= ')})`));
  });
});
