import type { FileName, Sha256 } from '../domain/debian/names.ts';
import type { Refusal } from '../domain/refusal.ts';

/** One file that came in whole and is durable on disk at `path` (the door's own folder, not the file store). */
export type ReceivedFile = {
  readonly name: FileName;
  readonly path: string;
  readonly size: number;
  readonly sha256: Sha256;
  /** One connection of one client: files of one session belong together. */
  readonly session: string;
};

/**
 * What the door tells us of each file before it answers 226. Resolves when the file is remembered durably: for the
 * file that completes an upload, when `UploadReceived` is; a Refusal is answered 5xx and the file is dropped.
 */
export type Receive = (file: ReceivedFile) => Promise<Refusal | undefined>;

/** Incoming by FTP: write-only, anonymous, bounded. */
export interface Incoming {
  /** The port that was bound (the configured one may be 0). */
  readonly port: number;
  readonly sessions: () => number;
  /** No new sessions; transfers under way may end. */
  readonly close: () => Promise<void>;
}

/** A file that lies in incoming; `receivedAt` in milliseconds since 1970. */
export type IncomingFile = Omit<ReceivedFile, 'session'> & { readonly receivedAt: number };

/** Incoming on disk: what was answered 226 lies there until it is dropped. */
export interface IncomingFolder {
  /** All that came in whole and has not been dropped, oldest first. */
  readonly list: () => Promise<readonly IncomingFile[]>;
  /** Removes a file for good. One already gone is fine. */
  readonly drop: (file: Pick<ReceivedFile, 'name' | 'sha256'>) => Promise<void>;
}
