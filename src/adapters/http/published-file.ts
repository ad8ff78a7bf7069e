import { createReadStream, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentType } from './content-type.ts';
import { deliver, type Representation } from './deliver.ts';
import { smallEnough, smallFiles } from './small-files.ts';

/** A file of a published tree, found for one request. */
export type PublishedFile = {
  /** Absolute, without links. */
  readonly path: string;
  readonly stats: Stats;
  /** When its generation became what apt sees; milliseconds, 0 where that says nothing. */
  readonly switchedAt: number;
  /** `dists` or `pool`, and the names below. */
  readonly area: string;
  readonly rest: readonly string[];
};

/** Sends files of published trees, the small ones from memory. `gone` is called when one vanished since it was found. */
export const publishedFiles = () => {
  const memory = smallFiles();
  return (req: IncomingMessage, res: ServerResponse, found: PublishedFile, gone: () => void): void => {
    const { path, stats } = found;
    const send = (bytes: Representation['bytes']): void =>
      deliver(req, res, { ...described(found), bytes, size: Buffer.isBuffer(bytes) ? bytes.length : stats.size });
    const remembered = memory.remembered(path, stats);
    if (remembered !== undefined) send(remembered);
    else if (stats.size <= smallEnough) void memory.read(path, stats).then(send, gone);
    else send(({ first, last }) => createReadStream(path, { start: first, end: last, highWaterMark: readAtOnce }));
  };
};

/** Few large reads instead of many small ones; bytes. */
const readAtOnce = 256 * 1024;

const described = ({ stats, switchedAt, area, rest }: PublishedFile) => {
  const name = rest.at(-1) ?? '';
  const isByHash = area === 'dists' && rest.at(-3) === 'by-hash';
  const { ino, size, mtimeMs } = stats;
  return {
    etag: isByHash ? `"${name}"` : `"${ino.toString(36)}-${size.toString(36)}-${mtimeMs.toString(36)}"`,
    modified: Math.max(mtimeMs, switchedAt),
    contentType: isByHash ? 'application/octet-stream' : contentType(name),
    cacheControl: isByHash || area === 'pool' ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
};
