import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Dsc, parseDsc } from '../../domain/debian/dsc.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Signature } from '../../domain/upload/events.ts';
import type { Verdict } from '../../ports/keyring.ts';
import type { SourceFetcher } from '../../ports/source-fetcher.ts';
import type { World } from '../../projections/world.ts';
import { type FileToBe, fileToBe } from '../file-to-be.ts';

export type FetchParts = {
  readonly world: World;
  readonly fetcher: Pick<SourceFetcher, 'dsc'>;
  readonly verify: (file: Uint8Array) => Promise<Verdict>;
};

export type FetchedDsc = { readonly toBe: FileToBe; readonly dsc: Dsc; readonly signature: Signature };

/** A `.dsc` from where the instance may fetch, read as who signed it wrote it. `unreachable` may be mended by waiting. */
export const fetchDsc = async (
  from: string,
  { world, fetcher, verify }: FetchParts,
): Promise<Either<Refusal, FetchedDsc>> => {
  const allowed = world.configuration.instance?.portextFrom ?? [];
  const found = await fetcher.dsc({ address: from, allowed }).catch((error: unknown) => left(unreachable(from, error)));
  if (isLeft(found)) return found;
  const { name, bytes } = found.right;
  const { signedText, signature } = await verify(bytes);
  if (signedText === undefined) return left(unreadable(signature));
  const dsc = parseDsc(signedText);
  return isLeft(dsc) ? dsc : right({ toBe: fileToBe(name, bytes), dsc: dsc.right, signature });
};

const unreachable = (from: string, error: unknown): Refusal =>
  refusal('unreachable', `${from}: ${reasonOf(error)}`.slice(0, 500), 'try again later, or another mirror');

const unreadable = (signature: Signature): Refusal =>
  signature.status === 'good'
    ? refusal('bad-signature', 'the .dsc has no signed text', 'try another mirror')
    : signature.because;
