import type { Readable } from 'node:stream';
import type { FileName, Sha256, StoredFile } from '../domain/debian/names.ts';

/**
 * Files by content. What `put` and `adopt` resolved is durable (file and folder synced), read-only and never
 * overwritten; the same bytes again are the same file.
 */
export interface FileStore {
  /** Streams into the store. Rejects without a trace when the stream fails or the disk is full. */
  readonly put: (name: FileName, bytes: Readable) => Promise<StoredFile>;
  /** Takes a finished regular file on the same machine, by hard link where the file system allows. The original may then be unlinked. */
  readonly adopt: (name: FileName, path: string) => Promise<StoredFile>;
  /** Absolute path of the bytes, for tools that read files. Rejects when the store has no such file. */
  readonly path: (sha256: Sha256) => Promise<string>;
  /** Whether the bytes are there. */
  readonly has: (sha256: Sha256) => Promise<boolean>;
  /** Takes the bytes away, here and for good; copies that were linked elsewhere stay. Nothing there is no fault. */
  readonly remove: (sha256: Sha256) => Promise<void>;
  /**
   * Unlinks the bytes, and gives how many there were: 0 for what is not there. `'fresh'`: they were put here again within the last hour, by
   * somebody who may not have said yet what for, and stay.
   */
  readonly letGo: (sha256: Sha256) => Promise<number | 'fresh'>;
  /** Makes the bytes appear at `target` (hard link, else a copy). A target with the same bytes is success; with others it rejects. */
  readonly link: (sha256: Sha256, target: string) => Promise<void>;
}
