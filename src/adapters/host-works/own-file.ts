import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Decoder } from 'io-ts';
import { decode } from '../../domain/codec.ts';

/** More is nothing that we wrote. Bytes. */
const largest = 4096;

/** What a small file says that this user wrote, or root; `undefined` for everything else: a link, a pipe, another's file, what is no such text. */
export const readOwn = async <A>(path: string, codec: Decoder<unknown, A>): Promise<A | undefined> => {
  const text = await ownText(path).catch(() => undefined);
  if (text === undefined) return undefined;
  const read = decode(codec, parsed(text));
  return isLeft(read) ? undefined : read.right;
};

const ownText = async (path: string): Promise<string | undefined> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    const isOurs = stat.uid === process.geteuid?.() || stat.uid === 0;
    if (!stat.isFile() || !isOurs || stat.size > largest) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(largest), 0, largest, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
