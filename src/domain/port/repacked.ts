import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Changes, parseChanges } from '../debian/changes.ts';
import { onlyParagraph } from '../debian/control-fields.ts';
import { formatParagraph } from '../debian/deb822.ts';
import { type Dsc, parseDsc } from '../debian/dsc.ts';
import type { FileName, StoredFile } from '../debian/names.ts';
import { parseUploadOptions } from '../debian/upload-options.ts';
import { withoutEpoch } from '../debian/version.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { PortRequested } from './events.ts';

/** The control files that came out of the build environment, as text. */
export type RepackedText = { readonly dsc: string; readonly changes: string };

/** What the `.dsc` and the `.changes` of a port are called. */
export const repackedNames = ({
  source,
  as,
}: Pick<PortRequested, 'source' | 'as'>): { readonly dsc: FileName; readonly changes: FileName } => ({
  dsc: `${source}_${withoutEpoch(as)}.dsc` as FileName,
  changes: `${source}_${withoutEpoch(as)}_source.changes` as FileName,
});

/**
 * Whether what came out of the build environment is the port that was asked for, and nothing else: a stranger's source package had the time
 * and the place to write whatever it liked. Returns the files of the source package, without the `.dsc`.
 */
export const checkRepacked = (
  requested: PortRequested,
  files: readonly StoredFile[],
  text: RepackedText,
): Either<Refusal, readonly StoredFile[]> => {
  const dsc = parseDsc(text.dsc);
  if (isLeft(dsc)) return dsc;
  const changes = parseChanges(text.changes);
  if (isLeft(changes)) return changes;
  const sources = listedIn(dsc.right, files);
  const fault =
    dscFault(requested, dsc.right) ?? changesFault(requested, changes.right) ?? sourceFault(requested, sources);
  return fault === undefined && sources !== undefined
    ? right(sources)
    : left(otherThanAsked(fault ?? 'files are missing'));
};

const otherThanAsked = (fact: string): Refusal =>
  refusal(
    'repacked-otherwise',
    `what came out of the build environment is not what was asked for: ${fact}`,
    'look into the source package',
  );

/** Files that the `.dsc` lists, as they came out; `undefined` when one did not, or is another. */
const listedIn = (dsc: Dsc, files: readonly StoredFile[]): readonly StoredFile[] | undefined => {
  const found = dsc.files.map(({ name, sha256, size }) =>
    files.find((file) => file.name === name && file.sha256 === sha256 && file.size === size),
  );
  return found.every((file) => file !== undefined) ? found : undefined;
};

const dscFault = ({ source, as }: PortRequested, dsc: Dsc): string | undefined =>
  dsc.source === source && dsc.version === as ? undefined : `the .dsc is of ${dsc.source} ${dsc.version}`;

const changesFault = ({ source, as, to, options }: PortRequested, changes: Changes): string | undefined => {
  if (changes.source !== source || changes.version !== as)
    return `the .changes is of ${changes.source} ${changes.version}`;
  if (changes.distribution !== to) return `the .changes is for ${changes.distribution}`;
  if (changes.architectures.join() !== 'source') return `the .changes is for ${changes.architectures.join(' ')}`;
  const asked = parseUploadOptions(options.map((option) => `* MINI_BUILDD_OPTION: ${option}`).join('\n'));
  const carried = parseUploadOptions(changes.changes);
  const isAsAsked = carried.refusals.length === 0 && JSON.stringify(asked.options) === JSON.stringify(carried.options);
  return isAsAsked ? undefined : 'the changelog carries other upload options';
};

/** An upstream tarball stays what it was, byte for byte. */
const sourceFault = (requested: PortRequested, sources: readonly StoredFile[] | undefined): string | undefined => {
  const originals = new Map(requested.files.map(({ name, sha256 }) => [name, sha256]));
  const changed = sources?.find(({ name, sha256 }) => (originals.get(name) ?? sha256) !== sha256);
  return changed === undefined ? undefined : `${changed.name} has other bytes than the original`;
};

/** One file's size and digests, in lower case hexadecimal. */
export type FileDigests = {
  readonly size: number;
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
};

const digestFields = [
  ['Files', 'md5'],
  ['Checksums-Sha1', 'sha1'],
  ['Checksums-Sha256', 'sha256'],
] as const;

/** The `.changes` with a `.dsc` that was signed since. Its lists are known to be readable. */
export const withSignedDsc = (changes: string, name: FileName, signed: FileDigests): string => {
  const paragraph = onlyParagraph(changes);
  if (isLeft(paragraph)) throw new Error(`a .changes that was read before cannot be read: ${paragraph.left.fact}`);
  const fields = new Map(paragraph.right);
  for (const [field, digest] of digestFields) {
    const key = field.toLowerCase();
    const list = fields.get(key);
    if (list === undefined) continue;
    const lines = list.value.split('\n').map((line) => {
      const words = line.trim().split(/\s+/);
      return words.at(-1) === name ? [signed[digest], signed.size, ...words.slice(2)].join(' ') : line;
    });
    fields.set(key, { ...list, value: lines.join('\n') });
  }
  return formatParagraph(fields.values());
};
