import type { Sha256 } from '../domain/debian/names.ts';

/** What became of a piece: whole and durable in the file store, so many bytes of it here, or not what its name says. */
export type Delivered = 'whole' | 'altered' | { readonly at: number };

/** Files that come in pieces, each named by its hash. */
export interface Deliveries {
  /** Bytes that are here of it: where to go on. `'whole'` when the file store has it. */
  readonly standing: (sha256: Sha256) => Promise<'whole' | { readonly at: number }>;
  /**
   * Takes bytes from `from` on, of `size` altogether. What came before a break stays. A piece that begins elsewhere than where the file stands changes
   * nothing. Bytes that do not have this hash are dropped, and none is read beyond `size`. One piece of a file at a time.
   */
  readonly take: (sha256: Sha256, from: number, size: number, bytes: AsyncIterable<Uint8Array>) => Promise<Delivered>;
}
