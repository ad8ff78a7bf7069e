import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode } from '../codec.ts';
import { fieldOf, type Paragraph, parseDeb822 } from '../debian/deb822.ts';
import { listedFiles } from '../debian/file-lists.ts';
import { Architecture, BinaryName, type Component, FileName, Sha256, SourceName, Version } from '../debian/names.ts';
import { withoutEpoch } from '../debian/version.ts';
import { type Refusal, refusal } from '../refusal.ts';

/** A file as a signed index vouches for it, and where it lies below the repository. */
export type FoundFile = {
  readonly name: FileName;
  readonly path: string;
  readonly size: number;
  readonly sha256: Sha256;
  /** Of a binary package: which one it has to be, as its own control file says it. */
  readonly is?: string;
};

/** One file may be said to be two. */
export const fileKey = ({ sha256, is }: FoundFile): string => (is === undefined ? sha256 : `${sha256} ${is}`);

export const binaryKey = ({ package: name, version, architecture }: Identity): string =>
  `${name} ${version} ${architecture}`;

type Identity = { readonly package: string; readonly version: string; readonly architecture: string };

export type FoundSource = {
  readonly source: SourceName;
  readonly version: Version;
  readonly component: Component;
  readonly dsc: FoundFile;
  readonly files: readonly FoundFile[];
};

export type FoundBinary = {
  readonly package: BinaryName;
  readonly version: Version;
  readonly architecture: Architecture;
  readonly component: Component;
  readonly source: SourceName;
  readonly sourceVersion: Version;
  readonly file: FoundFile;
};

/** What one index holds, and the entries that cannot be one of ours. */
export type FoundIndex = {
  readonly sources: readonly FoundSource[];
  readonly binaries: readonly FoundBinary[];
  readonly faults: readonly EntryFault[];
};

/** `about` names the package as far as it could be read. */
export type EntryFault = { readonly about: string; readonly because: Refusal };

/** Reads an index paragraph by paragraph: one that is damaged spoils no other. */
export const readIndex = (text: string, holds: 'sources' | 'binaries', component: Component): FoundIndex => {
  const found = { sources: [] as FoundSource[], binaries: [] as FoundBinary[], faults: [] as EntryFault[] };
  for (const [paragraph, about] of paragraphsOf(text)) {
    if (isLeft(paragraph)) found.faults.push({ about, because: paragraph.left });
    else if (holds === 'sources') sort(readSource(paragraph.right, component), about, found.sources, found.faults);
    else sort(readBinary(paragraph.right, component), about, found.binaries, found.faults);
  }
  return found;
};

const sort = <Found>(read: Either<Refusal, Found>, about: string, found: Found[], faults: EntryFault[]): void => {
  if (isLeft(read)) faults.push({ about, because: read.left });
  else found.push(read.right);
};

const paragraphsOf = function* (text: string): Generator<readonly [Either<Refusal, Paragraph>, string]> {
  for (const piece of text.split(/\n(?:[ \t]*\r?\n)+/)) {
    if (piece.trim() === '') continue;
    const about = (/^Package: *(\S{1,128})/m.exec(piece)?.[1] ?? 'an entry without a name').slice(0, 128);
    const parsed = parseDeb822(piece);
    const [only] = isLeft(parsed) ? [] : parsed.right;
    const fault = isLeft(parsed) ? parsed.left : refusal('malformed-index', 'an entry is empty', anew);
    yield [only === undefined ? left(fault) : right(only), about];
  }
};

const anew = 'have the repository published anew, or leave it out: --skip-refused';

/** A path below the repository that leads nowhere else, whatever reads it. */
const isBelow = (path: string): boolean =>
  path.length <= 1000 && /^(?:[A-Za-z0-9+_][A-Za-z0-9+.~_:%-]*\/)*[A-Za-z0-9][A-Za-z0-9+.~_:%-]*$/.test(path);

const unsafe = (path: string): Refusal =>
  refusal('unsafe-filename', `it is said to lie at ${JSON.stringify(path.slice(0, 120))}`, anew);

const readSource = (paragraph: Paragraph, component: Component): Either<Refusal, FoundSource> => {
  const source = decode(SourceName, fieldOf(paragraph, 'Package'));
  const version = decode(Version, fieldOf(paragraph, 'Version'));
  if (isLeft(source)) return left(misread('Package', source.left));
  if (isLeft(version)) return left(misread('Version', version.left));
  const folder = (fieldOf(paragraph, 'Directory') ?? '').replace(/^\.\//, '').replace(/\/$/, '');
  const files = listedFiles(paragraph, 3);
  if (isLeft(files)) return files;
  const found = files.right.map(({ name, size, sha256 }) => ({ name, size, sha256, path: `${folder}/${name}` }));
  const bad = found.find(({ path }) => !isBelow(path));
  if (bad !== undefined) return left(unsafe(bad.path));
  const [dsc, ...others] = found.filter(({ name }) => name.endsWith('.dsc'));
  if (dsc === undefined || others.length > 0)
    return left(refusal('malformed-index', 'its files are other than one .dsc and what that names', anew));
  return right({
    source: source.right,
    version: version.right,
    component,
    dsc,
    files: found.filter((file) => file !== dsc),
  });
};

const misread = (name: string, faults: readonly string[]): Refusal =>
  refusal('malformed-index', `${name}: ${faults.join('; ')}`, anew);

const readBinary = (paragraph: Paragraph, component: Component): Either<Refusal, FoundBinary> => {
  const name = decode(BinaryName, fieldOf(paragraph, 'Package'));
  const version = decode(Version, fieldOf(paragraph, 'Version'));
  const architecture = decode(Architecture, fieldOf(paragraph, 'Architecture'));
  if (isLeft(name)) return left(misread('Package', name.left));
  if (isLeft(version)) return left(misread('Version', version.left));
  if (isLeft(architecture)) return left(misread('Architecture', architecture.left));
  const of = /^(\S+?)(?:\s+\((\S+)\))?$/.exec(fieldOf(paragraph, 'Source') ?? name.right);
  const source = decode(SourceName, of?.[1]);
  const sourceVersion = decode(Version, of?.[2] ?? version.right);
  if (isLeft(source)) return left(misread('Source', source.left));
  if (isLeft(sourceVersion)) return left(misread('Source', sourceVersion.left));
  const path = (fieldOf(paragraph, 'Filename') ?? '').replace(/^\.\//, '');
  if (!isBelow(path)) return left(unsafe(path));
  const sha256 = decode(Sha256, fieldOf(paragraph, 'SHA256'));
  if (isLeft(sha256)) return left(refusal('weak-digest', 'the index does not name it by SHA-256', anew));
  const size = fieldOf(paragraph, 'Size') ?? '';
  const type = path.endsWith('.udeb') ? 'udeb' : 'deb';
  const file = decode(FileName, `${name.right}_${withoutEpoch(version.right)}_${architecture.right}.${type}`);
  if (isLeft(file) || !/^\d{1,15}$/.test(size)) return left(misread('Size', [`"${size.slice(0, 40)}" is no size`]));
  return right({
    package: name.right,
    version: version.right,
    architecture: architecture.right,
    component,
    source: source.right,
    sourceVersion: sourceVersion.right,
    file: {
      name: file.right,
      path,
      size: Number(size),
      sha256: sha256.right,
      is: binaryKey({ package: name.right, version: version.right, architecture: architecture.right }),
    },
  });
};
