import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { refusal } from '../../domain/refusal.ts';
import { addressOf } from './client-address.ts';
import { holders } from './holders.ts';
import type { Limits } from './limits.ts';
import { sendProblem } from './problem.ts';

/** An answer without an end of its own. */
export type OpenStream = {
  /** Resolves when the client took it, so that a sender waits for a slow one; `false` when the stream is over. */
  readonly send: (chunk: string | Buffer) => Promise<boolean>;
  /** Fires when the client went, read nothing for too long, or we are closing. */
  readonly over: AbortSignal;
  readonly end: () => void;
  /**
   * Resolves after the moment in which many changes are told at once, for nobody reads faster; where many streams are open it is longer and
   * another one for each, so that not all are told in the same one.
   */
  readonly moment: () => Promise<void>;
};

/** Opens a stream, or refuses (503) when there are enough of them; says `undefined` then, and when nobody is there any more. */
export type OpenStreams = (
  req: IncomingMessage,
  res: ServerResponse,
  contentType: 'text/event-stream' | 'text/plain; charset=utf-8',
) => OpenStream | undefined;

/** All live streams of a server share its limits and end when `closing` fires. */
export const openStreams = (limits: Limits, closing: AbortSignal): OpenStreams => {
  const viewers = holders({ all: limits.streams, each: limits.streamsPerAddress }, limits.speaksForMany);
  return (req, res, contentType) => {
    if (isGone(req, res)) return undefined;
    const address = addressOf(req);
    if (!viewers.take(address)) {
      refuse(req, res);
      return undefined;
    }
    res.once('close', () => viewers.giveBack(address));
    return begin(req, res, contentType, limits, closing, viewers.held);
  };
};

/** Whether who asked has left already: no `close` will tell of it any more. */
export const isGone = (req: IncomingMessage, res: ServerResponse): boolean => res.closed || req.socket.destroyed;

const refuse = (req: IncomingMessage, res: ServerResponse): void => {
  res.setHeader('Retry-After', '30');
  sendProblem(req, res, 503, [
    refusal(
      'too-many-streams',
      'as many live streams are open as this server allows, or as your address may have',
      'the page itself is as whole without: load it again, or close others of yours',
    ),
  ]);
};

/** Milliseconds. A quarter of one more for each stream lets the loop tell four of them in the time of one. */
const shortest = 250;
const longest = 1000;

const begin = (
  req: IncomingMessage,
  res: ServerResponse,
  contentType: string,
  limits: Limits,
  closing: AbortSignal,
  streams: () => number,
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
    contentType === 'text/event-stream'
      ? setInterval(() => {
          // Who has not taken what was said before does not need to be kept awake; and their patience is counted already.
          if (!res.writableNeedDrain) void send(': \n\n');
        }, limits.heartbeat)
      : undefined;
  closing.addEventListener('abort', end);
  res.once('close', () => {
    clearInterval(heartbeat);
    closing.removeEventListener('abort', end);
    ended.abort();
  });
  if (closing.aborted) end();
  const moment = (): Promise<void> =>
    pause(shortest + Math.random() * Math.min(longest, streams() / 4), undefined, { signal: ended.signal }).catch(
      () => undefined,
    );
  return { send, over: ended.signal, end, moment };
};

const written = async (res: ServerResponse, chunk: string | Buffer, stall: number): Promise<boolean> => {
  if (res.writableEnded || res.destroyed) return false;
  return res.write(chunk) || drained(res, stall);
};

/** A hundred streams wait here four times a second: signals put together for each would cost more than what is sent. */
const drained = (res: ServerResponse, stall: number): Promise<boolean> =>
  new Promise((resolve) => {
    const end = (isTaken: boolean): void => {
      clearTimeout(patience);
      res.off('drain', taken);
      res.off('close', gone);
      resolve(isTaken);
    };
    const taken = (): void => end(true);
    const gone = (): void => end(false);
    const patience = setTimeout(() => {
      res.destroy();
      end(false);
    }, stall);
    res.once('drain', taken);
    res.once('close', gone);
  });
