import type { Readable } from 'node:stream';
import { type Request, type Response, Router } from 'express';
import type { StoredFile } from '../../domain/debian/names.ts';
import { BuildId } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusal.ts';
import type { BuildLogs } from '../../ports/build-logs.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { OpenLogs } from './logs/open-logs.ts';
import type { OpenStream, OpenStreams } from './open-stream.ts';
import { sendProblem } from './problem.ts';
import { serverSent } from './server-sent.ts';
import { inert, plainName, sendStoredText } from './stored-text.ts';

/**
 * `/mini_buildd/builds/ID/log`: the log from its beginning, growing while the build runs. As text; or, for who accepts
 * `text/event-stream`, in pieces whose id is the offset in bytes behind them, so that a client that comes back goes on where
 * it was, also when the build ended meanwhile. The last event is `end`.
 */
export const buildLogRoutes = (
  { liveLog, storedLog }: BuildLogs,
  logs: OpenLogs,
  files: FileStore,
  open: OpenStreams,
): Router => {
  const router = Router();
  router.get('/mini_buildd/builds/:build/log', async (req, res) => {
    const { build } = req.params;
    if (!BuildId.is(build)) return noLog(req, res);
    const live = req.method === 'HEAD' ? undefined : liveLog(build);
    const stored = live === undefined ? await storedLog(build) : undefined;
    const isEvents = req.headers.accept?.includes('text/event-stream') === true;
    if (stored !== undefined && !(await files.has(stored.sha256))) return goneLog(req, res, stored);
    if (req.query.download !== undefined) {
      const name = stored === undefined ? `${build}.log` : plainName(stored.name);
      res.set('Content-Disposition', `attachment; filename="${name.replace(/[^\w.+~-]/g, '_')}"`);
    }
    if (stored !== undefined && !isEvents) return sendStoredText(req, res, files, stored);
    const log = await logs(build);
    if (log === undefined || 'gone' in log) return noLog(req, res);
    inert(res);
    const stream = open(req, res, isEvents ? 'text/event-stream' : 'text/plain; charset=utf-8');
    if (stream === undefined) return;
    const after = isEvents ? Math.min(afterOf(req), log.text.size()) : undefined;
    await tail(log.text.follow(after ?? 0), stream, after);
  });
  return router;
};

const afterOf = (req: Request): number => {
  const last = String(req.headers['last-event-id'] ?? req.query.after ?? '');
  return /^\d{1,15}$/.test(last) ? Number(last) : 0;
};

/** `after` in bytes: pieces as events from there on; without it the bytes as they are. */
export const tail = async (log: Readable, stream: OpenStream, after: number | undefined): Promise<void> => {
  const stop = (): void => void log.destroy();
  stream.over.addEventListener('abort', stop);
  if (stream.over.aborted) stop();
  try {
    if (after === undefined) for await (const chunk of log) await stream.send(Buffer.from(chunk));
    else await tailEvents(log, stream, after);
    stream.end();
  } catch {
    // A log that ends in mid-line ends the answer; the client comes back and finds the stored one.
    stream.end();
  } finally {
    stream.over.removeEventListener('abort', stop);
    log.destroy();
  }
};

const tailEvents = async (log: Readable, stream: OpenStream, after: number): Promise<void> => {
  let offset = after;
  let kept = Buffer.alloc(0);
  for await (const chunk of log) {
    const bytes = Buffer.concat([kept, Buffer.from(chunk)]);
    const whole = wholeCharacters(bytes);
    kept = bytes.subarray(whole);
    offset += whole;
    const piece = bytes.subarray(0, whole).toString('utf8');
    if (whole > 0 && !(await stream.send(serverSent(String(offset), piece)))) return;
  }
  if (kept.length > 0) await stream.send(serverSent(String(offset + kept.length), kept.toString('utf8')));
  await stream.send(serverSent(String(offset + kept.length), null, 'end'));
};

/** How many of the bytes are whole characters of UTF-8: the last one may still be under way. */
const wholeCharacters = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
};

export const goneLog = (req: Request, res: Response, { name }: StoredFile): void =>
  sendProblem(req, res, 410, [
    refusal(
      'file-let-go',
      `${name} is not kept any more`,
      'logs go with the files of their version: see history for when that was',
    ),
  ]);

export const noLog = (req: Request, res: Response): void =>
  sendProblem(req, res, 404, [
    refusal(
      'no-log',
      'no log of such a build is here',
      'a build has one once it started; see /mini_buildd/ for what waits',
    ),
  ]);
