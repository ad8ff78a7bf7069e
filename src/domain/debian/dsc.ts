import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../refusal.ts';
import { architectureWords, onlyParagraph, readField } from './control-fields.ts';
import { fieldOf } from './deb822.ts';
import { type ListedFile, listedFiles } from './file-lists.ts';
import { SourceName, Version } from './names.ts';

/** A `.dsc` (Policy §5.4), as far as anything is decided by it. */
export type Dsc = {
  readonly format: string;
  readonly source: SourceName;
  readonly version: Version;
  /** Words such as `any`, `all`, `linux-any`, `amd64`. */
  readonly architectures: readonly string[];
  readonly files: readonly ListedFile[];
};

/**
 * Source formats we build: those of dpkg-source whose files are plain archives. `3.0 (git)`, `(bzr)` and `(custom)`
 * run foreign programs when unpacked, `2.0` never left its experiment.
 */
const formats = ['1.0', '3.0 (native)', '3.0 (quilt)'];

/** Reads the text of a `.dsc` that a verifier returned. */
export const parseDsc = (signedText: string): Either<Refusal, Dsc> => {
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return paragraph;
  const format = readFormat(fieldOf(paragraph.right, 'Format'));
  if (isLeft(format)) return format;
  const source = readField(paragraph.right, 'Source', SourceName);
  if (isLeft(source)) return source;
  const version = readField(paragraph.right, 'Version', Version);
  if (isLeft(version)) return version;
  const architectures = architectureWords(paragraph.right);
  if (isLeft(architectures)) return architectures;
  const files = listedFiles(paragraph.right, 3);
  if (isLeft(files)) return files;
  const stranger = files.right.find(({ name }) => !isSourceFile(source.right, name));
  if (stranger !== undefined) {
    const fact = `${stranger.name.slice(0, 120)} is no file of the source package ${source.right}`;
    return left(refusal('dsc-mismatch', fact, 'make the source package anew with dpkg-source -b'));
  }
  return right({
    format: format.right,
    source: source.right,
    version: version.right,
    architectures: architectures.right,
    files: files.right,
  });
};

const readFormat = (value: string | undefined): Either<Refusal, string> =>
  value !== undefined && formats.includes(value)
    ? right(value)
    : left(
        refusal(
          'unsupported-source-format',
          value === undefined
            ? 'there is no field Format'
            : `the source format is ${JSON.stringify(value.slice(0, 80))}`,
          `use one of ${formats.join(', ')} in debian/source/format`,
        ),
      );

/** `hello_2.10.orig.tar.gz`, `hello_2.10.orig-doc.tar.xz.asc`, `hello_2.10-3.diff.gz` (dpkg-source(1)). */
const isSourceFile = (source: SourceName, name: string): boolean =>
  name.startsWith(`${source}_`) && /\.(?:tar\.(?:gz|bz2|lzma|xz)(?:\.asc)?|diff\.gz)$/.test(name.slice(source.length));
