import type { Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contentType } from './content-type.ts';
import { deliver, type Representation } from './deliver.ts';
import { smallEnough, smallFiles } from './small-files.ts';

/** A file of a published tree, found for one request. */
export type PublishedFile = {
  /** Absolute; below the generation's folder as it was asked for. */
  readonly asked: string;
  /** The same without links. */
  readonly path: string;
  readonly stats: Stats;
  /** When its generation became what apt sees; milliseconds, 0 where that says nothing. */
  readonly switchedAt: number;
  /** `dists` or `pool`, and the names below. */
  readonly area: string;
  readonly rest: readonly string[];
};

export type PublishedFiles = {
  /** Whether the file is in memory as `stats` describes it. */
  readonly isRemembered: (asked: string, stats: Stats) => boolean;
  /** `gone` is called when the file vanished since it was found. */
  readonly send: (req: IncomingMessage, res: ServerResponse, file: PublishedFile, gone: () => void) => void;
};

/** Sends files of published trees, the small ones from memory. */
export const publishedFiles = (): PublishedFiles => {
  const memory = smallFiles();
  return {
    isRemembered: (asked, stats) => memory.remembered(asked, stats) !== undefined,
    send: (req, res, found, gone) => {
      const { asked, path, stats } = found;
      const send = (bytes: Representation['bytes']): void =>
        deliver(req, res, { ...described(found), bytes, size: Buffer.isBuffer(bytes) ? bytes.length : stats.size });
      const remembered = memory.remembered(asked, stats);
      if (remembered !== undefined) send(remembered);
      else if (stats.size <= smallEnough) void memory.read(asked, path, stats).then(send, gone);
      else send(path);
    },
  };
};

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
