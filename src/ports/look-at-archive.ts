import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import { releasedAt } from '../domain/configuration/base-change.ts';
import type { SourceConfigured } from '../domain/configuration/events.ts';
import {
  type ArchiveFacts,
  type ArchiveIdentity,
  identityOf,
  judgeRelease,
  type Look,
} from '../domain/configuration/source-check.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { ReleaseVerifier, SignedRelease, Upstream } from './upstream.ts';

/**
 * `released`: when the suite changed last, as an archive says that is believed, in milliseconds. `identity`: what is signed by a key of the
 * source, whether it is what the source is to be or not.
 */
export type DatedLook = Look & {
  readonly released?: number | undefined;
  readonly identity?: ArchiveIdentity | undefined;
  /** The text of a `Release` that is believed. */
  readonly release?: string | undefined;
};

/** Fetches the `Release` of one archive of a source, and holds it against its keys and what it is to be. `now` in milliseconds. */
export const lookAtArchive = async (
  source: SourceConfigured,
  uri: string,
  upstream: Pick<Upstream, 'release'> & ReleaseVerifier,
  now: number,
): Promise<DatedLook> => {
  const fetched = await upstream.release(uri, source.suite);
  if (isLeft(fetched)) return { uri, milliseconds: 0, found: fetched };
  const { signed, milliseconds } = fetched.right;
  return { uri, milliseconds, ...(await believed(source, signed, upstream, now)) };
};

type Believed = { readonly found: Either<Refusal, ArchiveFacts> } & Pick<
  DatedLook,
  'released' | 'identity' | 'release'
>;

const believed = async (
  source: SourceConfigured,
  signed: SignedRelease,
  verifier: ReleaseVerifier,
  now: number,
): Promise<Believed> => {
  const text = await verifier.verifyRelease(signed, source.keys);
  if (isLeft(text)) return { found: left(text.left) };
  const found = judgeRelease(source, text.right, now);
  const identity = identityOf(text.right);
  return isLeft(found)
    ? { found, identity }
    : { found, identity, released: releasedAt(text.right), release: text.right };
};
