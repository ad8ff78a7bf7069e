import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { newestKey } from '../../domain/archive-key/archive-keys.ts';
import { bytes } from '../../domain/bytes-in-words.ts';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { FileName, StoredFile } from '../../domain/debian/names.ts';
import { archiveAddress, archiveMaintainer, changelogEntry } from '../../domain/port/changelog-entry.ts';
import type { PortRequested } from '../../domain/port/events.ts';
import { checkRepacked, type FileDigests, repackedNames, withSignedDsc } from '../../domain/port/repacked.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { UploadReceived } from '../../domain/upload/events.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { SourceFetcher } from '../../ports/source-fetcher.ts';
import type { Repacking, SourcePackager } from '../../ports/source-packager.ts';
import { type ArrivalParts, readArrival } from '../incoming/read-arrival.ts';

export type PortParts = ArrivalParts & {
  readonly configuration: () => Configuration;
  readonly keyring: Pick<Keyring, 'clearsign'>;
  readonly packager: SourcePackager;
  readonly fetcher: SourceFetcher;
};

/** Which template a port is made in. */
export type Workplace = Pick<Repacking, 'codename' | 'architecture'>;

/**
 * Makes the upload that a port is to become, signed with the newest archive key, as it comes in through the door `internal`: from there on
 * it is judged like any other. Everything is in the file store when this resolves. The same again makes an upload with the same id. `say`
 * hears what is being done.
 */
export const makePort = async (
  requested: PortRequested,
  workplace: Workplace,
  parts: PortParts,
  say: (line: string) => void,
): Promise<Either<Refusal, UploadReceived>> => {
  const original = await fetchOriginal(requested, parts, say);
  if (isLeft(original)) return original;
  say('packing it for where it goes');
  const { instance } = parts.configuration();
  const dsc = await contentOf(requested.files[0], parts.files);
  const digests = { sha1: digest('sha1', dsc), sha256: digest('sha256', dsc) };
  const repacked = await parts.packager.repack({
    ...workplace,
    upload: requested.upload,
    files: requested.files,
    entry: changelogEntry(requested, digests, archiveMaintainer(instance)),
    ownAddress: archiveAddress(instance),
  });
  if (repacked.outcome === 'failed') {
    return left(
      refusal('cannot-be-repacked', repacked.fact, 'look into the source package; a corrected one can be ported'),
    );
  }
  say('signing it');
  return signed(requested, repacked.files, parts);
};

/** What an external port still lacks. What is here already is not fetched again. */
const fetchOriginal = async (
  { origin, files }: PortRequested,
  parts: PortParts,
  say: (line: string) => void,
): Promise<Either<Refusal, undefined>> => {
  for (const file of files) {
    if (await parts.files.has(file.sha256)) continue;
    if (origin.kind !== 'external') return left(lost(file));
    const allowed = parts.configuration().instance?.portextFrom ?? [];
    const fetched = await parts.fetcher.beside({ address: origin.url, allowed }, file, inHundredths(file, say));
    if (isLeft(fetched)) return fetched;
  }
  return right(undefined);
};

/** Of a file that is fetched: at most a hundred lines, however small its pieces are. */
const inHundredths = ({ name, size }: StoredFile, say: (line: string) => void): ((came: number) => void) => {
  let told = -1;
  return (came) => {
    const percent = size === 0 ? 100 : Math.floor((100 * came) / size);
    if (percent === told) return;
    told = percent;
    say(`fetching ${name}, ${percent} % of ${bytes(size)}`);
  };
};

const lost = ({ name }: StoredFile): Refusal =>
  refusal('file-withdrawn', `${name} is not kept any more`, 'port a version whose files are kept');

/** Largest `.dsc` or `.changes` that is read, in bytes. */
const largestControlFile = 1024 * 1024;

const signed = async (
  requested: PortRequested,
  files: readonly StoredFile[],
  parts: PortParts,
): Promise<Either<Refusal, UploadReceived>> => {
  const names = repackedNames(requested);
  const [dsc, changes] = [names.dsc, names.changes].map((name) => files.find((file) => file.name === name));
  if (dsc === undefined || changes === undefined || Math.max(dsc.size, changes.size) > largestControlFile) {
    const fact = `${names.dsc} and ${names.changes} did not come out of the build environment`;
    return left(refusal('repacked-otherwise', fact, 'look into the source package'));
  }
  const text = {
    dsc: (await contentOf(dsc, parts.files)).toString('utf8'),
    changes: (await contentOf(changes, parts.files)).toString('utf8'),
  };
  const sources = checkRepacked(requested, files, text);
  if (isLeft(sources)) return sources;
  const signer = newestKey(parts.configuration().archiveKeys)?.fingerprint;
  if (signer === undefined) return left(noKey);
  const ownDsc = await keep(names.dsc, await parts.keyring.clearsign(text.dsc, [signer]), parts.files);
  const ownChanges = await keep(
    names.changes,
    await parts.keyring.clearsign(withSignedDsc(text.changes, names.dsc, ownDsc.digests), [signer]),
    parts.files,
  );
  const { upload } = requested;
  return right(
    await readArrival(
      { upload, door: 'internal', changes: ownChanges.file, files: [ownDsc.file, ...sources.right], faults: [] },
      parts,
    ),
  );
};

const noKey = refusal('no-key', 'there is no archive key that signs', 'run: mini-buildd setup');

const keep = async (
  name: FileName,
  text: string,
  files: FileStore,
): Promise<{ readonly file: StoredFile; readonly digests: FileDigests }> => {
  const bytes = Buffer.from(text, 'utf8');
  const file = await files.put(name, Readable.from([bytes]));
  return {
    file,
    digests: { size: bytes.length, md5: digest('md5', bytes), sha1: digest('sha1', bytes), sha256: file.sha256 },
  };
};

const contentOf = async (file: StoredFile | undefined, files: FileStore): Promise<Buffer> => {
  if (file === undefined) throw new Error('a port names no .dsc');
  return readFile(await files.path(file.sha256));
};

const digest = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex');
