import { isLeft } from 'fp-ts/lib/Either.js';
import { binaryFile, poolFolder, sourceFiles } from '../../domain/archive/pool-path.ts';
import type { Component, SourceName, Version } from '../../domain/debian/names.ts';
import type { HeldBinary, HeldVersion } from '../../ports/archive.ts';
import type { FactsOf, FileFacts } from './file-facts.ts';
import { PublishRefused } from './publish-refused.ts';
import { type Field, fieldValue, parseStanza } from './stanza.ts';

/** The stanza of a binary in `Packages`, byte for byte as reprepro writes it (latin1, with the empty line after it). */
export const packagesStanza = (held: HeldVersion, binary: HeldBinary, factsOf: FactsOf): string => {
  const facts = factsOf(binary.file);
  const fields = binaryControl(held, binary, facts);
  const { section, priority } = classification(fields, binary.component);
  const { path, file } = binaryFile(held, binary);
  const ours = [
    `Priority: ${priority}\n`,
    `Section: ${section}\n`,
    `Filename: ${path}\n`,
    `Size: ${file.size}\n`,
    `SHA256: ${file.sha256}\n`,
    `SHA1: ${facts.sha1}\n`,
    `MD5sum: ${facts.md5}\n`,
  ];
  const kept = fields.filter(({ name }) => !ownBinaryFields.has(name.toLowerCase()));
  const description = kept.findIndex(({ name }) => name.toLowerCase() === 'description');
  const texts = kept.map(({ text }) => text);
  return [`Package: ${binary.package}\n`, ...texts.toSpliced(description, 0, ...ours), '\n'].join('');
};

/** The stanza of a source in `Sources`, byte for byte as reprepro writes it. */
export const sourcesStanza = (held: HeldVersion, factsOf: FactsOf): string => {
  const fields = sourceControl(held, factsOf(held.dsc));
  const { section, priority } = sourceClassification(fields, held.component);
  const files = listed(held, fields).map((file) => ({ ...file, ...factsOf(file.file) }));
  const sums = (name: string, sum: (file: (typeof files)[number]) => string): string =>
    `${name}: \n${files.map((file) => ` ${sum(file)} ${file.file.size} ${file.name}\n`).join('')}`;
  return [
    `Package: ${held.source}\n`,
    ...fields.filter(({ name }) => !ownSourceFields.has(name.toLowerCase())).map(({ text }) => text),
    `Priority: ${priority}\n`,
    `Section: ${section}\n`,
    `Directory: ${poolFolder(held.component, held.source)}\n`,
    sums('Files', ({ md5 }) => md5),
    sums('Checksums-Sha1', ({ sha1 }) => sha1),
    sums('Checksums-Sha256', ({ file }) => file.sha256),
    '\n',
  ].join('');
};

type Classification = { readonly section: string; readonly priority: string };

const ownBinaryFields = new Set(['package', 'priority', 'section', 'filename', 'size', 'sha256', 'sha1', 'md5sum']);
const ownSourceFields = new Set([
  'source',
  'package',
  'priority',
  'section',
  'directory',
  'files',
  'checksums-sha1',
  'checksums-sha256',
]);

/** The control fields of a `.deb`, which must say what history says: nothing else decides where it goes. */
const binaryControl = (held: HeldVersion, binary: HeldBinary, facts: FileFacts): readonly Field[] => {
  const fields = read(facts.control, binary.file.name);
  const { source, version } = builtFrom(fields);
  const says = [source, version, ...['Package', 'Version', 'Architecture'].map((name) => fieldValue(fields, name))];
  const wanted = [held.source, held.version, binary.package, binary.version, binary.architecture];
  if (says.join(' ') !== wanted.join(' ')) throw mismatch(binary.file.name, `says ${says.join(' ')}`, wanted.join(' '));
  if (fieldValue(fields, 'Description') === undefined)
    throw mismatch(binary.file.name, 'has no Description', 'a description (Policy §5.3)');
  return fields;
};

/** `Source: name (version)`; what is missing is the binary's own (Policy §5.6.1). */
const builtFrom = (fields: readonly Field[]): { source: SourceName; version: Version } => {
  const own = [fieldValue(fields, 'Package'), fieldValue(fields, 'Version')];
  const [, name, version] = /^(\S+)(?:\s+\(([^)]*)\))?$/.exec(fieldValue(fields, 'Source') ?? `${own[0]}`) ?? [];
  return { source: name as SourceName, version: (version ?? own[1]) as Version };
};

const sourceControl = (held: HeldVersion, facts: FileFacts): readonly Field[] => {
  const fields = read(facts.control, held.dsc.name);
  const says = ['Source', 'Version'].map((name) => fieldValue(fields, name)).join(' ');
  if (says !== `${held.source} ${held.version}`)
    throw mismatch(held.dsc.name, `says ${says}`, `${held.source} ${held.version}`);
  return fields;
};

/** The files of a source package in the order of its `Files`, the `.dsc` first. */
const listed = (held: HeldVersion, fields: readonly Field[]) => {
  const files = sourceFiles(held);
  const [dsc, ...others] = files;
  const names = (fieldValue(fields, 'Files') ?? '').split('\n').flatMap((line) => line.trim().split(/\s+/)[2] ?? []);
  const found = names.map((name) => others.find((file) => file.name === name));
  if (dsc === undefined || found.includes(undefined) || names.length !== others.length)
    throw mismatch(held.dsc.name, `lists ${names.join(' ')}`, others.map(({ name }) => name).join(' '));
  return [dsc, ...found.filter((file) => file !== undefined)];
};

/** Its own section and priority, the section written as its component demands. */
const classification = (fields: readonly Field[], component: Component): Classification => ({
  section: inComponent(word(fieldValue(fields, 'Section')) ?? 'misc', component),
  priority: word(fieldValue(fields, 'Priority')) ?? 'optional',
});

/** Those of the first binary in its `Package-List`, the only place where a `.dsc` tells. */
const sourceClassification = (fields: readonly Field[], component: Component): Classification => {
  const [, , section, priority] = (fieldValue(fields, 'Package-List') ?? '').split('\n')[0]?.trim().split(/\s+/) ?? [];
  return { section: inComponent(word(section) ?? 'misc', component), priority: word(priority) ?? 'optional' };
};

const word = (value: string | undefined): string | undefined =>
  value !== undefined && /^[A-Za-z0-9+.-]+(?:\/[A-Za-z0-9+.-]+)?$/.test(value) ? value : undefined;

/** `contrib/libs` (Policy §2.4); main alone goes without saying. */
const inComponent = (section: string, component: Component): string => {
  const bare = section.replace(/^.*\//, '');
  return component === 'main' ? bare : `${component}/${bare}`;
};

const read = (control: string, name: string): readonly Field[] => {
  const fields = parseStanza(control);
  if (isLeft(fields))
    throw new PublishRefused(
      'control-unreadable',
      `${name} has control fields that cannot be read: ${fields.left}`,
      'build the package again',
    );
  return fields.right;
};

const mismatch = (name: string, says: string, wanted: string): PublishRefused =>
  new PublishRefused('contents-mismatch', `${name} ${says}, where history says ${wanted}`, 'build the package again');
