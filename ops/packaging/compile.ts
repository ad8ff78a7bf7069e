import { stripTypeScriptTypes } from 'node:module';

/** What stands between quotes and names a file beside: of `import`, `import()` and `new URL(…, import.meta.url)`. */
const files = /(\bfrom |\bimport |\bimport\(|\bnew URL\()'((?:\.{1,2}\/|(?=[\w-]+\.ts', import\.meta))[^'\n]*)\.ts'/g;

/**
 * JavaScript for a Node that strips no types, as Debian's may not: types become blanks, so that lines and columns of errors are those of
 * the source; nor is it a program by itself. Throws at what is more than types.
 */
export const compiled = (source: string): string =>
  stripTypeScriptTypes(source)
    .replace(/^#!.*/, '')
    .replace(files, "$1'$2.js'")
    .replace(/[ \t]+$/gm, '');

/** What a source imports, files and modules alike, types left out. */
export const importsOf = (source: string): readonly string[] =>
  [...compiled(source).matchAll(/\b(?:from |import |import\(|new URL\()'([^'\n]+)'/g)].map(([, name = '']) => name);
