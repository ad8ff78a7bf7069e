import type { Architecture, Codename, StoredFile } from '../domain/debian/names.ts';
import type { UploadId } from '../domain/ids.ts';

export type Repacking = {
  /** What it becomes; one session an upload. */
  readonly upload: UploadId;
  /** The template that a throw-away session is made from. */
  readonly codename: Codename;
  readonly architecture: Architecture;
  /** The source package, its `.dsc` first; or one tree of ours as JSON, without changelog. In the file store. */
  readonly files: readonly StoredFile[];
  /** What goes on top of the changelog, with the empty line that ends it. */
  readonly entry: string;
  /** The address in entries that are ours: the newest other one is the original's. */
  readonly ownAddress: string;
};

export type Repacked =
  /** The new `.dsc`, the files it lists and a `.changes`, nothing signed; in the file store, and not to be believed. */
  | { readonly outcome: 'repacked'; readonly files: readonly StoredFile[] }
  | { readonly outcome: 'failed'; readonly fact: string };

/**
 * Unpacks a source package in a throw-away session, puts an entry on top of its changelog and packs it again. The same again makes the same.
 * Rejects only when that says nothing about the package.
 */
export interface SourcePackager {
  readonly repack: (order: Repacking) => Promise<Repacked>;
}
