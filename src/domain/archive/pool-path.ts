import type { Component, SourceName, StoredFile, Version } from '../debian/names.ts';
import type { InstalledBinary, PackageInstalled } from './events.ts';

/** One version of a source with all its binaries. */
type Whole = Pick<PackageInstalled, 'source' | 'version' | 'component' | 'dsc' | 'sources' | 'binaries'>;

/** A file of a version, and where it lies below the repository's folder. */
export type PoolFile = { readonly path: string; readonly name: string; readonly file: StoredFile };

/** Where reprepro keeps the files of a version. Names come from fields, not from what the files were called. */
export const poolFiles = (held: Whole): readonly PoolFile[] => [
  ...sourceFiles(held),
  ...held.binaries.map((binary) => binaryFile(held, binary)),
];

/** The `.dsc` first. */
export const sourceFiles = (held: Whole): readonly PoolFile[] => {
  const folder = poolFolder(held.component, held.source);
  return [
    { name: `${held.source}_${withoutEpoch(held.version)}.dsc`, file: held.dsc },
    ...held.sources.map((file) => ({ name: file.name, file })),
  ].map(({ name, file }) => ({ path: `${folder}/${name}`, name, file }));
};

export const binaryFile = (held: Whole, binary: InstalledBinary): PoolFile => {
  const name = `${binary.package}_${withoutEpoch(binary.version)}_${binary.architecture}.${binaryType(binary)}`;
  return { path: `${poolFolder(binary.component, held.source)}/${name}`, name, file: binary.file };
};

/** `udeb`: a package for the installer, in indices of its own. */
export const binaryType = ({ file }: InstalledBinary): 'deb' | 'udeb' => (file.name.endsWith('.udeb') ? 'udeb' : 'deb');

export const poolFolder = (component: Component, source: SourceName): string =>
  `pool/${component}/${/^lib./.test(source) ? source.slice(0, 4) : source.slice(0, 1)}/${source}`;

const withoutEpoch = (version: Version): string => version.replace(/^\d+:/, '');
