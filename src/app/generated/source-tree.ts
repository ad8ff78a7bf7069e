import type { SourceName, Version } from '../../domain/debian/names.ts';
import { type FileToBe, fileToBe } from '../file-to-be.ts';

/** A source package that we write ourselves, before it has a changelog: the contents of its files by their paths. */
export type SourceTree = {
  readonly source: SourceName;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
};

/** A tree as `repack-source` reads it: one JSON object, contents in base64. */
export const treeFile = ({ source, files: tree }: SourceTree, version: Version): FileToBe => {
  const encoded = Object.fromEntries(
    Object.entries(tree).map(([path, content]) => [path, Buffer.from(content as string).toString('base64')]),
  );
  return fileToBe(`${source}_${version}.tree.json`, JSON.stringify({ files: encoded }));
};

/** What every source package of ours begins with: native, built by debhelper. */
export const usualFiles = (control: string): SourceTree['files'] => ({
  'debian/control': control,
  'debian/source/format': '3.0 (native)\n',
  'debian/rules': '#!/usr/bin/make -f\n%:\n\tdh $@\n',
  'debian/copyright': [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    '',
    'Files: *',
    'Copyright: the mini-buildd developers',
    'License: GPL-3+',
    ' On Debian systems, the full text is in /usr/share/common-licenses/GPL-3.',
    '',
  ].join('\n'),
});
