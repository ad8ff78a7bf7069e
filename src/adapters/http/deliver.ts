import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type ByteRange, byteRange } from './byte-range.ts';
import { sendRange } from './send-range.ts';

/** A file as HTTP knows it. */
export type Representation = {
  /** Quoted, strong. */
  readonly etag: string;
  /** When it became what is delivered here; milliseconds, `undefined` where a date says nothing. */
  readonly modified: number | undefined;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly size: number;
  /** All bytes at once, or the path of the file that holds them. */
  readonly bytes: Buffer | string;
};

/** Answers GET and HEAD: not modified, a range, or the whole. */
export const deliver = (req: IncomingMessage, res: ServerResponse, file: Representation): void => {
  const headers = headersOf(file);
  if (isUnchanged(req, file)) {
    res.writeHead(304, headers).end();
    return;
  }
  const range = isRangeValid(req, file) ? byteRange(req.headers.range, file.size) : undefined;
  if (range === 'unsatisfiable') {
    res.writeHead(416, { ...headers, 'Content-Range': `bytes */${file.size}` }).end();
    return;
  }
  const { first, last } = range ?? { first: 0, last: file.size - 1 };
  headers['Content-Length'] = last - first + 1;
  if (range !== undefined) headers['Content-Range'] = `bytes ${first}-${last}/${file.size}`;
  send(req, res, range === undefined ? 200 : 206, headers, file, { first, last });
};

const send = (
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  { bytes, size }: Representation,
  range: ByteRange,
): void => {
  if (req.method === 'HEAD' || size === 0) {
    res.writeHead(status, headers).end();
  } else if (typeof bytes === 'string') {
    const gone = (): void => void res.writeHead(503, { 'Content-Length': 0, 'Retry-After': '1' }).end();
    void sendRange(res, bytes, range, () => res.writeHead(status, headers), gone);
  } else {
    res.writeHead(status, headers).end(status === 200 ? bytes : bytes.subarray(range.first, range.last + 1));
  }
};

const headersOf = ({ etag, modified, contentType, cacheControl }: Representation): OutgoingHttpHeaders => ({
  'Content-Type': contentType,
  'Cache-Control': cacheControl,
  ETag: etag,
  ...(modified === undefined ? {} : { 'Last-Modified': new Date(lastModified(modified)).toUTCString() }),
  'Accept-Ranges': 'bytes',
  'X-Content-Type-Options': 'nosniff',
});

/**
 * RFC 9110 §13.2.2: `If-None-Match` decides where it stands, else `If-Modified-Since`. Only the very date that was given out says that nothing changed: what
 * was written by a clock that was set back is older than what it replaced.
 */
const isUnchanged = ({ headers }: IncomingMessage, { etag, modified }: Representation): boolean => {
  const match = headers['if-none-match'];
  if (match !== undefined) {
    return match.trim() === '*' || match.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  }
  const since = headers['if-modified-since'];
  return since !== undefined && modified !== undefined && Date.parse(since) === wholeSecond(modified);
};

/** RFC 9110 §13.1.5: a range of another state of the file is no use to anybody. */
const isRangeValid = ({ headers }: IncomingMessage, { etag, modified }: Representation): boolean => {
  const condition = headers['if-range'];
  if (condition === undefined || typeof condition !== 'string') return true;
  return condition.startsWith('"')
    ? condition === etag
    : modified !== undefined && Date.parse(condition) === wholeSecond(modified);
};

const wholeSecond = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000;

/**
 * HTTP dates know seconds, and two states of a file may share one: then `If-Modified-Since` would keep a client on the
 * earlier. So a file whose second is not over yet is called a second older: who fetched it that early fetches once more
 * (RFC 9110 §8.8.2.2).
 */
const lastModified = (modified: number): number => {
  const second = wholeSecond(modified);
  return Date.now() < second + 1000 ? second - 1000 : second;
};
