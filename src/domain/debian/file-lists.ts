import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode } from '../codec.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { fieldOf, linesOf, type Paragraph } from './deb822.ts';
import { FileName, type Sha256 } from './names.ts';

/** One file as a `.changes` or `.dsc` names it. Section and priority are those of a `.changes`, empty in a `.dsc`. */
export type ListedFile = {
  readonly name: FileName;
  readonly size: number;
  readonly md5: string;
  /** Missing where the file has no `Checksums-Sha1`. */
  readonly sha1: string | undefined;
  readonly sha256: Sha256;
  readonly section: string;
};

/**
 * Bounds of one list. What is received stands in an event, which has 64 kB; the names take the most of it. The longest
 * list of a Debian source package is below 100 files.
 */
const bounds = { files: 256, characters: 16_000 };

/**
 * Joins `Files`, `Checksums-Sha1` (may be missing) and `Checksums-Sha256`, which have to name the same files with the
 * same sizes (Policy §5.6.21, §5.6.24). `columns` of `Files`: three in a `.dsc`, five in a `.changes`.
 */
export const listedFiles = (paragraph: Paragraph, columns: 3 | 5): Either<Refusal, readonly ListedFile[]> => {
  const files = readList(paragraph, 'Files', 32, columns);
  if (isLeft(files)) return files;
  const sha256 = readList(paragraph, 'Checksums-Sha256', 64, 3);
  if (isLeft(sha256)) return sha256;
  const sha1 =
    fieldOf(paragraph, 'Checksums-Sha1') === undefined
      ? right(undefined)
      : readList(paragraph, 'Checksums-Sha1', 40, 3);
  if (isLeft(sha1)) return sha1;
  const fault =
    difference(files.right, sha256.right, 'Checksums-Sha256') ??
    (sha1.right && difference(files.right, sha1.right, 'Checksums-Sha1'));
  if (fault !== undefined) return left(fault);
  return right(
    [...files.right].map(([name, { size, digest, section }]) => ({
      name,
      size,
      md5: digest,
      sha1: sha1.right?.get(name)?.digest,
      sha256: sha256.right.get(name)?.digest as Sha256,
      section,
    })),
  );
};

type Entry = { readonly size: number; readonly digest: string; readonly section: string };
type List = ReadonlyMap<FileName, Entry>;

const regenerate = 'make the file anew with dpkg-buildpackage or debsign';

const readList = (paragraph: Paragraph, field: string, digits: number, columns: 3 | 5): Either<Refusal, List> => {
  const value = fieldOf(paragraph, field);
  if (value === undefined) return left(refusal('missing-field', `there is no field ${field}`, regenerate));
  const list = new Map<FileName, Entry>();
  for (const line of linesOf(value)) {
    const entry = readEntry(line, field, digits, columns);
    if (isLeft(entry)) return entry;
    if (list.has(entry.right[0])) {
      return left(refusal('duplicate-file', `${field} names ${entry.right[0]} twice`, regenerate));
    }
    list.set(...entry.right);
  }
  return bounded(field, list);
};

const bounded = (field: string, list: List): Either<Refusal, List> => {
  const characters = [...list.keys()].join('').length;
  if (list.size === 0) return left(refusal('missing-file', `${field} names no file`, regenerate));
  return list.size > bounds.files || characters > bounds.characters
    ? left(
        refusal(
          'too-many-files',
          `${field} names ${list.size} files with ${characters} characters of names; ${bounds.files} files and ${bounds.characters} characters are taken`,
          'upload the source alone (dpkg-buildpackage -S)',
        ),
      )
    : right(list);
};

const readEntry = (line: string, field: string, digits: number, columns: 3 | 5): Either<Refusal, [FileName, Entry]> => {
  const words = line.split(/[ \t]+/).filter((word) => word !== '');
  const [digest = '', size = '', ...rest] = words;
  const written = rest.at(-1) ?? '';
  if (words.length < columns) return left(badLine(field, line));
  const name = decode(FileName, written);
  if (words.length > columns || isLeft(name)) return left(unsafe(field, words.slice(columns - 1).join(' ')));
  if (digest.length !== digits || !/^[0-9a-f]+$/.test(digest) || !/^(?:0|[1-9]\d{0,14})$/.test(size)) {
    return left(badLine(field, line));
  }
  return right([name.right, { size: Number(size), digest, section: columns === 5 ? (rest[0] ?? '') : '' }]);
};

const badLine = (field: string, line: string): Refusal =>
  refusal('malformed-file-list', `${field} has the line "${line.slice(0, 120)}"`, regenerate);

const unsafe = (field: string, name: string): Refusal =>
  refusal(
    'unsafe-filename',
    `${field} names ${JSON.stringify(name.slice(0, 120))}`,
    'use plain file names: letters, digits, "+", ".", "~", "_", ":" and "-", without folders',
  );

const difference = (files: List, checksums: List, field: string): Refusal | undefined => {
  for (const [name, { size }] of files) {
    const other = checksums.get(name);
    if (other === undefined) return notIn(name, 'Files', field);
    if (other.size !== size) {
      const fact = `${name} has ${size} bytes in Files and ${other.size} in ${field}`;
      return refusal('checksum-mismatch', fact, regenerate);
    }
  }
  for (const name of checksums.keys()) if (!files.has(name)) return notIn(name, field, 'Files');
  return undefined;
};

const notIn = (name: FileName, present: string, absent: string): Refusal =>
  refusal('checksum-mismatch', `${name} is listed in ${present} but not in ${absent}`, regenerate);
