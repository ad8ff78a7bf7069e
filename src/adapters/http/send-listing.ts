import type { IncomingMessage, ServerResponse } from 'node:http';
import { framed } from './in-frame.ts';
import { framePolicy } from './safe-headers.ts';
import { directoryListing, type Folder, type FolderPlace } from './views/directory-listing.ts';

/** Sends a folder as a page: the one of its pages that the request asks for. */
export const sendListing = (
  req: IncomingMessage,
  res: ServerResponse,
  folder: Folder,
  place: Omit<FolderPlace, 'page'>,
): void => {
  const body = directoryListing(framed(), folder, { ...place, page: pageAsked(req.url ?? '') });
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

/** From 1, which is also what stands for anything that is no page. */
const pageAsked = (target: string): number => {
  const asked = new URLSearchParams(target.split('?')[1]).get('page') ?? '';
  return /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 1;
};

/** To the same with a slash at its end. Relative, so that no name can turn it into another host. */
export const toFolder = (res: ServerResponse, name: string): void => {
  res.writeHead(301, { Location: `./${encodeURIComponent(name)}/`, 'Content-Length': 0 }).end();
};
