import type { Sha256 } from '../../domain/debian/names.ts';
import type { PackedControl } from './deb-control.ts';

/** One stanza of an index with the empty line after it, as latin1; it begins with `Package: NAME`. */
export type Stanza = { readonly name: string; readonly text: string };

export type Patch = { readonly leaving: ReadonlySet<string>; readonly arriving: readonly Stanza[] };

/** An index that is to be written: as one gzip member, into a file that is not there yet, and not synced. */
export type IndexOrder = {
  readonly to: string;
  /** Under which it can be patched later, and the folder for what that takes; `undefined` for one that never will be. */
  readonly remember: { readonly name: string; readonly folder: string } | undefined;
  readonly from:
    | { readonly kind: 'stanzas'; readonly stanzas: readonly Stanza[] }
    /** A file that somebody else wrote, sorted. */
    | { readonly kind: 'text'; readonly path: string }
    /** The index of that name, whose text has this sum and whose compressed file is `gz`. */
    | { readonly kind: 'patch'; readonly sha256: Sha256; readonly gz: string; readonly patch: Patch };
};

export type Summed = { readonly size: number; readonly sha256: Sha256 };

/** What a `Release` says of an index: of its text, and of the compressed file. */
export type WrittenIndex = Summed & {
  readonly gz: Summed;
  /** The text itself, where it is short. */
  readonly plain: Uint8Array | undefined;
};

export type Question =
  | { readonly ask: 'write'; readonly order: IndexOrder }
  /** Lets go of every index whose name begins so. */
  | { readonly ask: 'forget'; readonly prefix: string }
  | { readonly ask: 'errands'; readonly errands: Errands }
  | { readonly ask: 'join'; readonly links: readonly Link[] }
  | { readonly ask: 'look'; readonly at: readonly Unknown[] };

/** Many small changes to the disk, each a matter of microseconds: done one after the other, in this order. */
export type Errands =
  | { readonly kind: 'make-folders'; readonly paths: readonly string[] }
  | { readonly kind: 'link'; readonly links: readonly Link[] }
  | { readonly kind: 'sync'; readonly paths: readonly string[] }
  | { readonly kind: 'remove'; readonly path: string };

export type Link = { readonly from: string; readonly to: string };

/** What came of a link: it is new, it was there, or there is something else, or it cannot be. */
export type Joined = 'new' | 'there' | 'other';

/** A file that is to be looked into: for its sums, for its control file. */
export type Unknown = { readonly path: string; readonly sums: boolean; readonly control: boolean };

export type Seen = {
  readonly md5: string;
  readonly sha1: string;
  readonly control: PackedControl | undefined;
};

export type Numbered = Question & { readonly number: number };

/** Each question is answered once. */
export type Telling = { readonly number: number; readonly answer: Answer };

export type Answer =
  | { readonly written: WrittenIndex }
  | { readonly joined: readonly Joined[] }
  | { readonly seen: readonly Seen[] }
  | { readonly done: true }
  | { readonly failed: string };
