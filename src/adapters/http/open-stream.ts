import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusal } from '../../domain/refusal.ts';
import { addressOf } from './client-address.ts';
import type { Limits } from './limits.ts';
import { sendProblem } from './problem.ts';

/** An answer without an end of its own. */
export type OpenStream = {
  /** Resolves when the client took it, so that a sender waits for a slow one; `false` when the stream is over. */
  readonly send: (chunk: string | Buffer) => Promise<boolean>;
  /** Fires when the client went, read nothing for too long, or we are closing. */
  readonly over: AbortSignal;
  readonly end: () => void;
};

/** Opens a stream, or refuses (503) when there are enough of them and says `undefined`. */
export type OpenStreams = (
  req: IncomingMessage,
  res: ServerResponse,
  contentType: 'text/event-stream' | 'text/plain; charset=utf-8',
) => OpenStream | undefined;

/** All live streams of a server share its limits and end when `closing` fires. */
export const openStreams = (limits: Limits, closing: AbortSignal): OpenStreams => {
  const perAddress = new Map<string, number>();
  let open = 0;
  return (req, res, contentType) => {
    const address = addressOf(req);
    const held = perAddress.get(address) ?? 0;
    if (open >= limits.streams || held >= limits.streamsPerAddress) {
      refuse(req, res);
      return undefined;
    }
    open += 1;
    perAddress.set(address, held + 1);
    res.once('close', () => {
      open -= 1;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
    return begin(req, res, contentType, limits, closing);
  };
};

const refuse = (req: IncomingMessage, res: ServerResponse): void => {
  res.setHeader('Retry-After', '30');
  sendProblem(req, res, 503, [
    refusal(
      'too-many-streams',
      'as many live streams are open as this server allows',
      'close some, or ask without streaming',
    ),
  ]);
};

const begin = (
  req: IncomingMessage,
  res: ServerResponse,
  contentType: string,
  limits: Limits,
  closing: AbortSignal,
): OpenStream => {
  const ended = new AbortController();
  const end = (): void => {
    res.end();
  };
  // Quiet is no fault of a stream; that nobody is there any more is what the probes of TCP find out.
  req.socket.setTimeout(0);
  req.socket.setKeepAlive(true, limits.heartbeat);
  res.writeHead(200, {
    'Content-Type': contentType,
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
  });
  res.flushHeaders();
  const send = (chunk: string | Buffer): Promise<boolean> => written(res, chunk, limits.stall);
  const heartbeat =
    contentType === 'text/event-stream' ? setInterval(() => void send(': \n\n'), limits.heartbeat) : undefined;
  closing.addEventListener('abort', end);
  res.once('close', () => {
    clearInterval(heartbeat);
    closing.removeEventListener('abort', end);
    ended.abort();
  });
  if (closing.aborted) end();
  return { send, over: ended.signal, end };
};

const written = async (res: ServerResponse, chunk: string | Buffer, stall: number): Promise<boolean> => {
  if (res.writableEnded || res.destroyed) return false;
  if (res.write(chunk)) return true;
  const patience = AbortSignal.timeout(stall);
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  res.once('close', onClose);
  try {
    await once(res, 'drain', { signal: AbortSignal.any([patience, gone.signal]) });
    return true;
  } catch {
    res.destroy();
    return false;
  } finally {
    res.off('close', onClose);
  }
};
