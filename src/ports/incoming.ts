import type { Either } from 'fp-ts/lib/Either.js';
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
  /** How it came. */
  readonly door: 'ftp' | 'http';
};

/**
 * What the door tells us of each file before it answers 226. Resolves when the file is remembered durably: for the
 * file that completes an upload, when `UploadReceived` is; a Refusal is answered 5xx and the file is dropped.
 */
export type Receive = (file: ReceivedFile) => Promise<Refusal | undefined>;

/**
 * Why a file is not in incoming; `fact` is for its sender. For now: `closed`, `full`, `failed` (disk or log), `slow`, `broken`. For good: `oversized`, and
 * `refused` by a rule. `stopped`: by its sender.
 */
export type NotTaken =
  | {
      readonly why: 'closed' | 'full' | 'failed' | 'slow' | 'broken' | 'oversized' | 'stopped';
      readonly fact: string;
    }
  | { readonly why: 'refused'; readonly fact: string; readonly because: Refusal };

/** A file on its way. */
export type Sent = Pick<ReceivedFile, 'name' | 'session' | 'door'> & {
  readonly bytes: AsyncIterable<Buffer>;
  /** How many of them its sender said will come. */
  readonly announced?: number | undefined;
  /** Fires when its sender is gone, also after the last byte. */
  readonly stopped: AbortSignal;
  /** Ends `bytes` at once. */
  readonly cut: () => void;
};

/** A place for one file. What is not taken leaves nothing behind. */
export interface Place {
  /** Resolves `right` when the file is durable and remembered: only then may its sender be told so. */
  readonly take: (sent: Sent) => Promise<Either<NotTaken, Pick<ReceivedFile, 'size' | 'sha256'>>>;
  /** Always to be called in the end. */
  readonly close: () => Promise<void>;
}

/** What every way into incoming leads through: one room and one set of limits for all. */
export interface IncomingDoor {
  readonly open: () => Promise<Either<NotTaken, Place>>;
}

/** Incoming by FTP: write-only, anonymous, bounded. */
export interface Incoming {
  /** The port that was bound (the configured one may be 0). */
  readonly port: number;
  readonly sessions: () => number;
  /** No new sessions; transfers under way may end. */
  readonly close: () => Promise<void>;
}

/** A file that lies in incoming; `receivedAt` in milliseconds since 1970. */
export type IncomingFile = Omit<ReceivedFile, 'session' | 'door'> & { readonly receivedAt: number };

/** Incoming on disk: what was answered 226 lies there until it is dropped. */
export interface IncomingFolder {
  /** All that came in whole and has not been dropped, oldest first. */
  readonly list: () => Promise<readonly IncomingFile[]>;
  /** Removes a file for good. One already gone is fine. */
  readonly drop: (file: Pick<ReceivedFile, 'name' | 'sha256'>) => Promise<void>;
}
