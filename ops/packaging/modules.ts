import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A module that is shipped, as it lies in `node_modules` of `project`. */
export type Module = {
  /** Below the project: `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author: string;
  /** Names of the modules that it calls. */
  readonly needs: readonly string[];
};

type Locked = { readonly dev?: boolean; readonly devOptional?: boolean; readonly optional?: boolean };
type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly dependencies?: Readonly<Record<string, string>>;
};

/**
 * What runs when we run, by the lockfile: not what tests and checks use, no types, and nothing that is optional to its
 * caller, which is all that would have to be compiled for a machine. Throws where the folder holds another version than locked.
 */
export const shippedModules = (project: string): readonly Module[] =>
  lockedAt(project)
    .filter(
      ([path, { dev, devOptional, optional }]) => path !== '' && !dev && !devOptional && !optional && !isTypes(path),
    )
    .map(([path, locked]) => moduleAt(project, path, locked));

/** Our Node as npm brought it; undefined where the lockfile has none for this machine. */
export const bundledNode = (project: string): Module | undefined =>
  lockedAt(project)
    .filter(([path]) => /^node_modules\/node-linux-\w+$/.test(path) && existsSync(join(project, path, 'bin/node')))
    .map(([path, locked]) => moduleAt(project, path, locked))[0];

/** Where `name` is found by a caller in `from`, as Node looks for it; undefined where it is not shipped. */
export const resolved = (modules: readonly Module[], from: string, name: string): Module | undefined => {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = modules.find((module) => module.path === path);
    if (found !== undefined || folder === '') return found;
  }
};

/** Those of `names`, and all that they call. */
export const withAllTheyNeed = (modules: readonly Module[], names: Iterable<string>): ReadonlySet<Module> => {
  const found = new Set<Module>();
  const add = (from: string, name: string): void => {
    const module = resolved(modules, from, name);
    if (module === undefined || found.has(module)) return;
    found.add(module);
    for (const need of module.needs) add(module.path, need);
  };
  for (const name of names) add('', name);
  return found;
};

/** Whether a file of a module is of use to who runs it, and not only to who reads or compiles it. */
export const isRun = (file: string): boolean =>
  /\.(?:[cm]?js|json|proto|wasm)$/.test(file) &&
  !/^(?:tests?|__tests__|docs?|examples?|bench(?:marks?)?|\.\w+)\//.test(file);

/** Files of a module that say what is allowed, by name. */
export const licenceFiles = (project: string, { path }: Module): readonly string[] =>
  readdirSync(join(project, path))
    .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(project, path, file), 'utf8'));

const lockedAt = (project: string): readonly (readonly [string, Locked & { readonly version: string }])[] =>
  Object.entries(JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')).packages);

const isTypes = (path: string): boolean => /node_modules\/(?:@types\/[^/]+|undici-types)$/.test(path);

const moduleAt = (project: string, path: string, locked: { readonly version: string }): Module => {
  const manifest: Manifest = JSON.parse(readFileSync(join(project, path, 'package.json'), 'utf8'));
  if (manifest.version !== locked.version)
    throw new Error(
      `${path} is ${manifest.version}, and the lockfile says ${locked.version}: run npm ci --ignore-scripts`,
    );
  const { author = '' } = manifest;
  return {
    path,
    name: manifest.name,
    version: manifest.version,
    license: manifest.license ?? '',
    author: typeof author === 'string' ? author : author.name,
    needs: Object.keys(manifest.dependencies ?? {}),
  };
};
