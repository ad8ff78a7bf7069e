import { isLeft } from 'fp-ts/lib/Either.js';
import { type Changes, parseChanges } from '../debian/changes.ts';
import { type Dsc, parseDsc } from '../debian/dsc.ts';
import type { ListedFile } from '../debian/file-lists.ts';
import type { FileName, StoredFile } from '../debian/names.ts';
import { parseUploadOptions } from '../debian/upload-options.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ChangesFacts, DscFacts, Signature } from './events.ts';

/** A control file as it arrived, and what the verifier said of it. */
export type VerifiedFile = {
  readonly file: StoredFile;
  readonly signature: Signature;
  /** The only text that may be read; `undefined` when there is none that anybody vouches for or that stands alone. */
  readonly signedText: string | undefined;
};

/** Digests a door may have taken beside the SHA-256, in lower case hexadecimal. */
export type ReceivedDigests = { readonly md5?: string; readonly sha1?: string };

/** Everything that arrived for one `.changes`. */
export type Arrival = {
  readonly changes: VerifiedFile;
  /** The other files that arrived, the `.dsc` among them. */
  readonly files: readonly StoredFile[];
  /** The `.dsc` that the `.changes` names, when it arrived. */
  readonly dsc: VerifiedFile | undefined;
  readonly digests?: ReadonlyMap<FileName, ReceivedDigests>;
};

/** The parts of `UploadReceived` that come from reading. */
export type ReadUpload = { readonly facts: ChangesFacts | null; readonly faults: readonly Refusal[] };

/**
 * Reads what arrived: the facts that decisions need, and every rule that was found broken, the gravest first: signed text
 * that is none, an unreadable `.changes`, files that are missing or other than announced, a `.dsc` that does not belong,
 * options. An unsigned or untrusted `.changes` is no fault: its signature says so, and the repository decides.
 */
export const readUpload = (arrival: Arrival): ReadUpload => {
  const { signedText, signature, file } = arrival.changes;
  if (signedText === undefined) return { facts: null, faults: [unreadable(file.name, signature)] };
  const changes = parseChanges(signedText);
  if (isLeft(changes)) return { facts: null, faults: [inFile(file.name, changes.left)] };
  const options = parseUploadOptions(changes.right.changes);
  const dsc = readDsc(changes.right, arrival);
  return {
    facts: {
      source: changes.right.source,
      version: changes.right.version,
      distribution: changes.right.distribution,
      architectures: changes.right.architectures,
      options: options.options,
      remarks: options.warnings,
      component: changes.right.component,
      dsc: dsc.facts,
    },
    faults: [...fileFaults(changes.right, arrival), ...dsc.faults, ...options.refusals].slice(0, most),
  };
};

/** Faults that one event carries. */
const most = 20;

/** A file of which no text may be read: its signature says why. */
const unreadable = (name: FileName, signature: Signature): Refusal =>
  signature.status === 'good'
    ? refusal('bad-signature', `${name} has no signed text`, 'sign it anew with debsign')
    : inFile(name, signature.because);

const inFile = (name: FileName, { rule, fact, remedy }: Refusal): Refusal => refusal(rule, `${name}: ${fact}`, remedy);

const fileFaults = (changes: Changes, { files, digests }: Arrival): readonly Refusal[] => {
  const received = new Map(files.map((file) => [file.name, file]));
  return changes.files.flatMap((listed) => {
    const file = received.get(listed.name);
    return file === undefined ? [missing(listed)] : mismatches(listed, file, digests?.get(listed.name));
  });
};

const missing = ({ name, size }: ListedFile): Refusal =>
  refusal(
    'missing-file',
    `${name} (${size} bytes) is named in the .changes and did not arrive`,
    'upload all files again',
  );

const mismatches = (listed: ListedFile, file: StoredFile, digests: ReceivedDigests | undefined): readonly Refusal[] => {
  const pairs: readonly (readonly [string, string | number | undefined, string | number | undefined])[] = [
    ['the size in Files', listed.size, file.size],
    ['Checksums-Sha256', listed.sha256, file.sha256],
    ['Checksums-Sha1', listed.sha1, digests?.sha1],
    ['Files', listed.md5, digests?.md5],
  ];
  return pairs
    .filter(([, told, found]) => told !== undefined && found !== undefined && told !== found)
    .map(([field, told, found]) =>
      refusal(
        'checksum-mismatch',
        `${listed.name}: ${field} is ${told}, what arrived has ${found}`,
        'upload again; if it stays so, make the upload anew (debsign corrects the sums)',
      ),
    );
};

const readDsc = (
  changes: Changes,
  arrival: Arrival,
): { readonly facts: DscFacts | null; readonly faults: readonly Refusal[] } => {
  const arrived = arrival.dsc;
  if (changes.dsc === undefined || arrived === undefined || arrived.file.name !== changes.dsc.name) {
    return { facts: null, faults: [] };
  }
  if (arrived.signedText === undefined) {
    return { facts: null, faults: [unreadable(arrived.file.name, arrived.signature)] };
  }
  const dsc = parseDsc(arrived.signedText);
  if (isLeft(dsc)) return { facts: null, faults: [inFile(arrived.file.name, dsc.left)] };
  return {
    facts: dscFacts(arrived, dsc.right),
    faults: [...dscFaults(changes, arrived.file.name, dsc.right), ...signerFaults(arrival.changes, arrived)],
  };
};

const dscFacts = ({ file, signature }: VerifiedFile, dsc: Dsc): DscFacts => ({
  file: file.name,
  source: dsc.source,
  version: dsc.version,
  architectures: dsc.architectures,
  files: dsc.files.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
  signature,
});

const differing = ['size', 'sha256', 'sha1', 'md5'] as const;

const rebuild = 'make the upload anew with dpkg-buildpackage -S';

const dscFaults = (changes: Changes, name: FileName, dsc: Dsc): readonly Refusal[] => {
  const faults: Refusal[] = [];
  if (dsc.source !== changes.source || dsc.version !== changes.version) {
    const fact = `${name} is of ${dsc.source} ${dsc.version}, the .changes of ${changes.source} ${changes.version}`;
    faults.push(refusal('dsc-mismatch', fact, rebuild));
  }
  const announced = new Map(changes.files.map((file) => [file.name, file]));
  for (const inDsc of dsc.files) {
    const inChanges = announced.get(inDsc.name);
    if (inChanges === undefined) continue;
    const field = differing.find(
      (each) => inChanges[each] !== undefined && inDsc[each] !== undefined && inChanges[each] !== inDsc[each],
    );
    if (field !== undefined) {
      const fact = `${inDsc.name}: ${field} is ${inChanges[field]} in the .changes and ${inDsc[field]} in ${name}`;
      faults.push(refusal('dsc-mismatch', fact, rebuild));
    }
  }
  return faults;
};

/** A good signature under the `.dsc` has to be by the key under the `.changes`: nobody passes off another's work as an upload. */
const signerFaults = (changes: VerifiedFile, dsc: VerifiedFile): readonly Refusal[] => {
  if (changes.signature.status !== 'good' || dsc.signature.status !== 'good') return [];
  if (changes.signature.fingerprint === dsc.signature.fingerprint) return [];
  const fact = `${dsc.file.name} is signed by ${dsc.signature.fingerprint}, ${changes.file.name} by ${changes.signature.fingerprint}`;
  return [refusal('dsc-other-signer', fact, 'sign both with the same key (debsign --re-sign)')];
};
