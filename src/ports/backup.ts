import type { Readable } from 'node:stream';
import type { Manifest } from '../domain/backup/manifest.ts';
import type { Sha256 } from '../domain/debian/names.ts';

/** Where backups go. */
export interface BackupStore {
  /** The newest backup that is there. */
  readonly last: () => Promise<Manifest | undefined>;
  /** Whether the object is there, with so many bytes where they are known. */
  readonly has: (sha256: Sha256, size?: number) => Promise<boolean>;
  /** Resolves when the object is there; rejects with `OtherBytes` when `bytes` are not what they are called, and then it is not. */
  readonly put: (sha256: Sha256, size: number, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Makes the backup be there, durably, with everything that was put. */
  readonly finish: (manifest: Manifest) => Promise<void>;
}

/** Where they are read from. */
export interface BackupReader {
  /** Oldest first. */
  readonly manifests: () => Promise<readonly Manifest[]>;
  /** The bytes of an object, which may be other than its name says: whoever reads holds them against it. */
  readonly open: (sha256: Sha256) => Readable;
}

export class OtherBytes extends Error {}
