import type { Either } from 'fp-ts/lib/Either.js';
import { left } from 'fp-ts/lib/Either.js';
import type { StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Remotes } from '../../ports/remotes.ts';

/** Files of the exchange to the incoming that a remote named when it was heard last. */
export const sendFiles = async (
  place: string | undefined,
  files: readonly StoredFile[],
  remotes: Pick<Remotes, 'deliver'>,
  exchange: Pick<FileStore, 'path'>,
): Promise<Either<Refusal, undefined>> => {
  if (place === undefined) return left(refusal('undeliverable', 'the other instance was not heard yet', 'wait for it'));
  const sent = files.map(async ({ name, sha256 }) => ({ name, path: await exchange.path(sha256) }));
  return remotes.deliver(place, await Promise.all(sent));
};
