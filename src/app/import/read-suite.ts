import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Sha256 } from '../../domain/debian/names.ts';
import { type EntryFault, type FoundBinary, type FoundSource, readIndex } from '../../domain/import/found.ts';
import {
  type ImportedRelease,
  type IndexFile,
  type NamedIndex,
  type ReleaseRules,
  readRelease,
} from '../../domain/import/release-indices.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { ImportSource } from '../../ports/import-source.ts';
import type { ReleaseVerifier, SignedRelease } from '../../ports/upstream.ts';

/** Whose signature counts: a keyring file or armored keys; `undefined` takes what nobody vouches for. */
export type Trust = {
  readonly verifier: ReleaseVerifier;
  readonly keys: string | undefined;
  readonly rules: ReleaseRules;
};

export type ReadSuite = Omit<ImportedRelease, 'indices'> & {
  readonly suite: string;
  /** Of the text that counts. */
  readonly release: Sha256;
  readonly isSigned: boolean;
  readonly sources: readonly FoundSource[];
  readonly binaries: readonly FoundBinary[];
  readonly faults: readonly EntryFault[];
};

const mostOfRelease = 32 * 2 ** 20;
/** A text in memory is not longer. */
const mostOfIndex = 500_000_000;

/** Reads a suite: its `Release` by its signature, each index by what that says. */
export const readSuite = async (
  from: ImportSource,
  suite: string,
  trust: Trust,
): Promise<Either<Refusal, ReadSuite>> => {
  const text = await releaseText(from, suite, trust);
  if (isLeft(text)) return text;
  const release = readRelease(suite, text.right, trust.rules);
  if (isLeft(release)) return release;
  const { indices, ...traits } = release.right;
  const [sources, binaries, faults]: [FoundSource[], FoundBinary[], EntryFault[]] = [[], [], []];
  for (const index of indices) {
    const found = await indexText(from, suite, index);
    if (isLeft(found)) return found;
    const read = readIndex(found.right, index.holds, index.component);
    for (const each of read.sources) sources.push(each);
    for (const each of read.binaries) binaries.push(each);
    for (const each of read.faults) faults.push(each);
  }
  const isSigned = trust.keys !== undefined;
  return right({ suite, ...traits, release: sha256Of(text.right), isSigned, sources, binaries, faults });
};

/** Suites that are not any more as they were read. */
export const changedSuites = async (
  from: ImportSource,
  suites: readonly Pick<ReadSuite, 'suite' | 'release'>[],
  trust: Trust,
): Promise<readonly Refusal[]> => {
  const changed: Refusal[] = [];
  for (const { suite, release } of suites) {
    const text = await releaseText(from, suite, trust);
    if (isLeft(text) || sha256Of(text.right) !== release) changed.push(changedMeanwhile(suite));
  }
  return changed;
};

const changedMeanwhile = (suite: string): Refusal =>
  refusal(
    'changed-meanwhile',
    `${suite} was published anew while it was read`,
    'see that nobody changes the repository, and import again: what was copied is not copied again',
  );

/** The `Release` of a suite that counts. */
const releaseText = async (
  from: ImportSource,
  suite: string,
  { verifier, keys }: Trust,
): Promise<Either<Refusal, string>> => {
  const signed = await signedRelease(from, suite);
  if (isLeft(signed)) return signed;
  if (keys !== undefined) {
    if ('unsigned' in signed.right) return left(unsigned(suite));
    const verified = await verifier.verifyRelease(signed.right, keys);
    return isLeft(verified) ? left({ ...verified.left, fact: `${suite}: ${verified.left.fact}`, remedy }) : verified;
  }
  if ('unsigned' in signed.right) return right(signed.right.unsigned.toString('utf8'));
  const text = 'release' in signed.right ? signed.right.release : withoutFrame(signed.right.inRelease);
  return right(Buffer.from(text).toString('utf8'));
};

const remedy = 'name the keys that it is signed with: --keyring, or take what nobody vouches for: --unsigned';

const unsigned = (suite: string): Refusal =>
  refusal('unsigned', `${suite} has neither InRelease nor Release.gpg beside its Release`, remedy);

/** Of a text that nobody vouches for: what stands between the head of the signature and the signature. */
const withoutFrame = (clearsigned: Uint8Array): string => {
  const found = /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:.+\n)*\n([\s\S]*?)\n-----BEGIN PGP SIGNATURE-----/m.exec(
    Buffer.from(clearsigned).toString('utf8'),
  );
  return (found?.[1] ?? '').replace(/^- /gm, '');
};

const signedRelease = async (
  from: ImportSource,
  suite: string,
): Promise<Either<Refusal, SignedRelease | { readonly unsigned: Buffer }>> => {
  const read = async (name: string): Promise<Either<Refusal, Buffer>> => {
    const bytes = await from.open(`dists/${suite}/${name}`);
    return isLeft(bytes) ? bytes : gathered(bytes.right, mostOfRelease, `${suite}/${name}`);
  };
  const inRelease = await read('InRelease');
  if (!isLeft(inRelease)) return right({ inRelease: inRelease.right });
  if (inRelease.left.rule !== 'absent-file') return inRelease;
  const release = await read('Release');
  if (isLeft(release)) return release;
  const signature = await read('Release.gpg');
  if (!isLeft(signature)) return right({ release: release.right, signature: signature.right });
  return signature.left.rule === 'absent-file' ? right({ unsigned: release.right }) : signature;
};

/** The first of its forms that is there. */
const indexText = async (
  from: ImportSource,
  suite: string,
  { forms }: NamedIndex,
): Promise<Either<Refusal, string>> => {
  let absent: Either<Refusal, string> | undefined;
  for (const form of forms) {
    const text = await formText(from, suite, form);
    if (!isLeft(text) || text.left.rule !== 'absent-file') return text;
    absent = text;
  }
  return absent ?? left(refusal('absent-file', `${suite} names an index without a file`, 'have it published anew'));
};

const formText = async (
  from: ImportSource,
  suite: string,
  { path, packing, size, sha256 }: IndexFile,
): Promise<Either<Refusal, string>> => {
  const name = `dists/${suite}/${path}`;
  if (size > mostOfIndex) return left(tooLarge(name, mostOfIndex));
  const bytes = await from.open(name);
  if (isLeft(bytes)) return bytes;
  const packed = await gathered(bytes.right, size, name);
  if (isLeft(packed)) return packed;
  const found = sha256Of(packed.right);
  if (found !== sha256) {
    const fact = `${name} has SHA-256 ${found} and ${packed.right.length} bytes, and its Release says ${sha256} and ${size}`;
    return left(refusal('damaged-index', fact, 'have the repository published anew, and import again'));
  }
  try {
    return right((await from.unpack(packed.right, packing, mostOfIndex)).toString('utf8'));
  } catch (error) {
    return left(refusal('damaged-index', `${name}: ${reasonOf(error)}`, 'have the repository published anew'));
  }
};

/** All bytes, if they are no more than `most`. */
const gathered = async (bytes: Readable, most: number, name: string): Promise<Either<Refusal, Buffer>> => {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of bytes) {
      size += (piece as Buffer).length;
      if (size > most) return left(tooLarge(name, most));
      pieces.push(Buffer.from(piece as Buffer));
    }
    return right(Buffer.concat(pieces));
  } catch (error) {
    return left(refusal('unreadable-file', `${name}: ${reasonOf(error)}`, 'put it right there, and import again'));
  }
};

const tooLarge = (name: string, most: number): Refusal =>
  refusal('too-large', `${name} has more than ${most} bytes`, 'have the repository published anew, or split it');

const sha256Of = (bytes: Uint8Array | string): Sha256 => createHash('sha256').update(bytes).digest('hex') as Sha256;
