import { Readable } from 'node:stream';
import type { FileName, SourceName, StoredFile, Version } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';

/** A source package that we write ourselves, before it has a changelog: the contents of its files by their paths. */
export type SourceTree = {
  readonly source: SourceName;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
};

/** Keeps a tree as `repack-source` reads it: one JSON object, contents in base64. */
export const keepTree = (
  { source, files: tree }: SourceTree,
  version: Version,
  files: FileStore,
): Promise<StoredFile> => {
  const encoded = Object.fromEntries(
    Object.entries(tree).map(([path, content]) => [path, Buffer.from(content as string).toString('base64')]),
  );
  const text = JSON.stringify({ files: encoded });
  return files.put(`${source}_${version}.tree.json` as FileName, Readable.from([Buffer.from(text)]));
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
