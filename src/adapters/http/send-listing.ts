import type { IncomingMessage, ServerResponse } from 'node:http';
import { framed } from './in-frame.ts';
import { framePolicy } from './problem.ts';
import { directoryListing, type ListedEntry } from './views/directory-listing.ts';

/** Sends a folder of the archive as a page. `isTop`: it leads no further up. */
export const sendListing = (
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  entries: readonly ListedEntry[],
  isTop: boolean,
): void => {
  const body = directoryListing(framed(), path, entries, isTop);
  res.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'private, no-cache',
    Vary: 'Cookie',
    'Content-Security-Policy': framePolicy,
    'X-Content-Type-Options': 'nosniff',
  });
  res.end(req.method === 'HEAD' ? undefined : body);
};

/** To the same with a slash at its end. Relative, so that no name can turn it into another host. */
export const toFolder = (res: ServerResponse, name: string): void => {
  res.writeHead(301, { Location: `./${encodeURIComponent(name)}/`, 'Content-Length': 0 }).end();
};
