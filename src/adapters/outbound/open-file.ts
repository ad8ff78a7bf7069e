import { constants } from 'node:fs';
import { open, readlink, realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { isInside, type Place } from './permission.ts';

/**
 * The bytes of a file on the host, whose caller reads or destroys them. What counts is where the opened file really is: links out of the allowed folders lead nowhere, pipes
 * and devices are never waited for.
 */
export const openFile = async ({
  path,
  folders,
}: Extract<Place, { kind: 'file' }>): Promise<Either<Refusal, Readable>> => {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (handle === undefined) return left(noFile(path));
  const real = await readlink(`/proc/self/fd/${handle.fd}`);
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  const isAllowed = roots.some((root) => root !== undefined && isInside(real, root));
  if (isAllowed && (await handle.stat()).isFile()) return right(handle.createReadStream());
  await handle.close();
  return left(noFile(path));
};

const noFile = (path: string): Refusal =>
  refusal(
    'not-there',
    `${path} is no file that can be read`,
    'see that the daemon can read it, and that no link leads out of its folder',
  );
