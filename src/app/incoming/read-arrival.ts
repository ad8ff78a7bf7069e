import { readFile } from 'node:fs/promises';
import type { StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { UploadReceived } from '../../domain/upload/events.ts';
import { readUpload, type VerifiedFile } from '../../domain/upload/read-upload.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Verdict } from '../../ports/keyring.ts';

export type ArrivalParts = {
  readonly files: FileStore;
  /** Who signed a file, if anybody did who is known here. */
  readonly verify: (file: Uint8Array) => Promise<Verdict>;
};

/** What came in whole, whichever door it took. All of it is in the file store. */
export type Arrival = Pick<UploadReceived, 'upload' | 'door' | 'changes' | 'files' | 'faults'>;

/** Largest `.changes` or `.dsc` that is read, in bytes. */
export const largestControlFile = 1024 * 1024;

/** Says what arrived, without judging it. */
export const readArrival = async (
  { upload, door, changes, files, faults }: Arrival,
  parts: ArrivalParts,
): Promise<UploadReceived> => {
  const verified = await verifiedFile(changes, parts);
  const read = readUpload({ changes: verified, files, dsc: await verifiedDsc(files, parts) });
  return bounded({
    type: 'UploadReceived',
    upload,
    door,
    changes,
    files,
    signature: verified.signature,
    facts: read.facts,
    // Waiting in vain explains every file that is missing: it comes first.
    faults: [...faults, ...read.faults],
  });
};

const verifiedFile = async (file: StoredFile, { files, verify }: ArrivalParts): Promise<VerifiedFile> => ({
  file,
  ...(await verify(await readFile(await files.path(file.sha256)))),
});

const verifiedDsc = async (files: readonly StoredFile[], parts: ArrivalParts): Promise<VerifiedFile | undefined> => {
  const dsc = files.find(({ name }) => name.endsWith('.dsc'));
  return dsc === undefined || dsc.size > largestControlFile ? undefined : verifiedFile(dsc, parts);
};

/** Bytes of an event, with some of its 64 kB left for the envelope. */
const mostBytes = 60_000;

/** An upload that says more of itself than an event holds is not taken at its word. */
const bounded = (received: UploadReceived): UploadReceived => {
  const size = Buffer.byteLength(JSON.stringify(received));
  if (size <= mostBytes) return received;
  const fact = `${received.changes.name}, its .dsc and its options come to ${size} bytes of facts, ${mostBytes} are kept`;
  const fault: Refusal = refusal('too-many-facts', fact, 'upload the source alone, with fewer files and options');
  return { ...received, facts: null, faults: [fault] };
};
