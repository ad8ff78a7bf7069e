import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundledNode, licenceFiles, type Module, shippedModules } from './modules.ts';

/** Licences whose text every Debian system has, and what we say instead of it. */
const common: Readonly<Record<string, string>> = {
  'GPL-3+': said(
    'the GNU General Public License as published by the Free Software Foundation, version 3 or any later',
    'GPL-3',
  ),
  'LGPL-3+': said(
    'the GNU Lesser General Public License as published by the Free Software Foundation, version 3 or any later',
    'LGPL-3',
  ),
  'Apache-2.0': said('the Apache License, version 2.0', 'Apache-2.0'),
};

/** Names of SPDX that are others in DEP-5. */
const debianNames: Readonly<Record<string, string>> = {
  MIT: 'Expat',
  'GPL-3.0-or-later': 'GPL-3+',
  'LGPL-3.0+': 'LGPL-3+',
  'LGPL-3.0-or-later': 'LGPL-3+',
};

type Stanza = { readonly files: string; readonly holders: readonly string[]; readonly license: string };

/**
 * debian/copyright by DEP-5 of `project` and all modules that are shipped, out of their own files. Throws, naming the module, where one
 * does not say what is allowed.
 */
export const copyrightOf = (project: string): string => {
  const texts = new Map(Object.entries(common).map(([name, text]) => [name, [text]]));
  const stanzas: Stanza[] = [
    { files: '*', holders: ['mini-buildd maintainers'], license: debianNames[licenseOf(project)] ?? '' },
    ...shippedModules(project).map((module) => stanzaOf(module, licenceFiles(project, module), texts)),
  ];
  const node = bundledNode(project);
  if (node !== undefined) {
    texts.set('Node.js', [
      'What Node.js and the libraries in it allow stands in /usr/share/doc/mini-buildd-nodejs/copyright.',
    ]);
    stanzas.push(nodeStanza(node));
  }
  return written(stanzas, usedAmong(texts, stanzas));
};

/** The same of Node alone, with what its project says of the libraries in it, word by word. */
export const nodeCopyrightOf = (project: string): string => {
  const node = bundledNode(project);
  if (node === undefined) throw new Error('there is no Node for this machine: run npm ci --ignore-scripts');
  return written([nodeStanza(node)], [['Node.js', licenceFiles(project, node).join('\n')]]);
};

const written = (stanzas: readonly Stanza[], texts: readonly (readonly [string, string])[]): string =>
  [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: mini-buildd\n',
    ...stanzas.map(
      ({ files, holders, license }) =>
        `Files: ${files}\nCopyright: ${holders.join('\n           ')}\nLicense: ${license}\n`,
    ),
    ...texts.map(([name, text]) => `License: ${name}\n${indented(text)}\n`),
  ].join('\n');

const nodeStanza = ({ path }: Module): Stanza => ({
  files: `${path}/*`,
  holders: ['Node.js contributors, and those named below'],
  license: 'Node.js',
});

const stanzaOf = (module: Module, files: readonly string[], texts: Map<string, string[]>): Stanza => {
  const names = namesIn(module);
  const own = files.map(withoutHolders).filter((text) => text !== '' && !isApache(text));
  const holders = [...new Set(files.flatMap(holdersIn))];
  return {
    files: `${module.path}/*`,
    holders: holders.length > 0 ? holders : [module.author === '' ? `the authors of ${module.name}` : module.author],
    license: names.map((name) => (name in common ? name : numbered(module, name, own, texts))).join(' and '),
  };
};

const namesIn = ({ name, license }: Module): readonly string[] => {
  const all = license.replace(/[()]/g, '').split(' AND ');
  if (all.some((each) => !/^[\w.+-]+$/.test(each)))
    throw new Error(`${name} does not say in its package.json what its licence is`);
  return all.map((each) => debianNames[each] ?? each);
};

/** The second text under one name is NAME-2, and so on: they differ in a word here and there, and all are given. */
const numbered = (module: Module, name: string, own: readonly string[], texts: Map<string, string[]>): string => {
  const known = texts.get(name) ?? [];
  const text = own.join('\n\n') || known[0];
  if (text === undefined) throw new Error(`${module.name} has no file with its licence, ${name}`);
  const at = known.findIndex((each) => wordsOf(each) === wordsOf(text));
  if (at < 0) texts.set(name, [...known, text]);
  const number = at < 0 ? known.length : at;
  return number === 0 ? name : `${name}-${number + 1}`;
};

const usedAmong = (texts: ReadonlyMap<string, readonly string[]>, stanzas: readonly Stanza[]) => {
  const used = new Set(stanzas.flatMap(({ license }) => license.split(' and ')));
  return [...texts]
    .flatMap(([name, all]) => all.map((text, index) => [index === 0 ? name : `${name}-${index + 1}`, text] as const))
    .filter(([name]) => used.has(name));
};

const isHolder = (line: string): boolean =>
  /^\W*(?:portions )?copyright\b(?:(?!notice|holder|owner|license).)*$/i.test(line) &&
  /\d{4}|\(c\)|©|copyright [A-Z]/i.test(line);

const holdersIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(isHolder)
    .map((line) =>
      line
        .replace(/^\W*(?:portions )?copyright\s*(?:\(c\)|©)?:?\s*/i, '')
        .replace(/[\s*<]+$/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !/^\W*$/.test(line));

/** What is allowed, without by whom and without a headline, which differ where the rest does not. */
const withoutHolders = (text: string): string =>
  text
    .replaceAll('\r', '')
    .split('\n')
    .filter((line) => !isHolder(line) && !/^\W*(?:the )?(?:mit|isc)(?: license)?(?: \(mit\))?\W*$/i.test(line))
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

const isApache = (text: string): boolean => /Apache License\s+Version 2\.0/.test(text);

const wordsOf = (text: string): string => text.toLowerCase().replace(/[\W_]+/g, ' ');

const indented = (text: string): string =>
  text
    .replaceAll('\r', '')
    .trimEnd()
    .split('\n')
    .map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`))
    .join('\n');

const licenseOf = (project: string): string => JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).license;

function said(license: string, file: string): string {
  return `You may use, change and pass it on under the terms of ${license}.\n\nOn Debian systems its text is in /usr/share/common-licenses/${file}.`;
}

if (import.meta.main) {
  const [project = '.', debian = 'debian'] = process.argv.slice(2).map((path) => resolve(path));
  writeFileSync(join(debian, 'copyright'), copyrightOf(project));
  writeFileSync(join(debian, 'mini-buildd-nodejs.copyright'), nodeCopyrightOf(project));
}
