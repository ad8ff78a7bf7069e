import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { importsOf } from './compile.ts';
import { type Module, shippedModules, withAllTheyNeed } from './modules.ts';

/** What one Debian package holds: sources by their path below the project, and modules. */
export type Part = { readonly sources: ReadonlySet<string>; readonly modules: ReadonlySet<Module> };

/** Programs that are of use on a machine without an instance. */
const toolPrograms = ['src/cli/mini-buildd-tool.ts', 'src/cli/mini-buildd-dput.ts'];

/** `tool` is what its programs reach; `server` is all the rest, and runs beside it. */
export const partsOf = (project: string): { readonly tool: Part; readonly server: Part } => {
  const modules = shippedModules(project);
  const sources = new Set<string>();
  const called = new Set<string>();
  const reach = (path: string): void => {
    if (sources.has(path)) return;
    sources.add(path);
    for (const name of path.endsWith('.ts') ? importsOf(readFileSync(join(project, path), 'utf8')) : [])
      if (isFile(name)) reach(normalize(join(dirname(path), name)).replace(/\.js$/, '.ts'));
      else if (!name.startsWith('node:')) called.add(/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  };
  for (const program of toolPrograms) reach(program);
  sources.delete('package.json');
  const tool = { sources, modules: withAllTheyNeed(modules, called) };
  const all = globSync('src/**/*', { cwd: project, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1));
  return {
    tool,
    server: {
      sources: new Set(all.filter((path) => !sources.has(path))),
      modules: new Set(modules.filter((module) => !tool.modules.has(module))),
    },
  };
};

const isFile = (name: string): boolean => name.startsWith('.') || /^[\w-]+\.js$/.test(name);
