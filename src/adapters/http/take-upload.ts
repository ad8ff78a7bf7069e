import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { isLeft } from 'fp-ts/lib/Either.js';
import { FileName } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { IncomingDoor, NotTaken } from '../../ports/incoming.ts';

/** What became of one file that was sent. */
export type SentFile =
  | { readonly name: FileName; readonly size: number; readonly sha256: string }
  | { readonly name: string; readonly status: number; readonly because: Refusal };

/** More than an upload may have. */
const mostFiles = 200;

/** Takes the body of a request as one file. */
export const takeFile = async (req: IncomingMessage, name: string, incoming: IncomingDoor): Promise<SentFile> => {
  const gone = departure(req);
  return take(name, req, { incoming, session: sessionOf(req.socket), gone: gone.signal, announced: lengthOf(req) });
};

/** Takes the files of a form, one after the other. Rejects when the body is no such form, or ends before its end. */
export const takeForm = (req: IncomingMessage, incoming: IncomingDoor): Promise<readonly SentFile[]> =>
  new Promise((resolve, reject) => {
    const taken: SentFile[] = [];
    const over = departure(req);
    const to = { incoming, session: sessionOf(req.socket), gone: over.signal };
    const parser = new Busboy({
      headers: req.headers as BusboyHeaders,
      limits: { files: mostFiles, fields: 10, parts: mostFiles + 10, fieldSize: 1000 },
    });
    const end = (): void => {
      req.unpipe(parser);
      resolve(taken);
    };
    let before = Promise.resolve();
    parser.on('file', (_field, bytes, name) => {
      // A sender who goes away is heard of by `gone`; without a listener it would end the process.
      bytes.on('error', () => undefined);
      before = before.then(async () => {
        // A field for files in which none was chosen.
        if (name === '' || name === undefined) return void bytes.resume();
        taken.push(await take(name, bytes, to));
        // Cut off in the middle: what follows cannot be read any more.
        if (bytes.destroyed && !bytes.readableEnded) end();
      });
      before.catch(reject);
    });
    parser.once('finish', () => void before.then(end, reject));
    // What is under way is let go first: who is told that nothing was taken finds it so.
    parser.once('error', (error) => {
      over.abort();
      void before.then(() => reject(error), reject);
    });
    over.signal.addEventListener('abort', () => void before.then(end, reject));
    req.pipe(parser);
  });

type To = {
  readonly incoming: IncomingDoor;
  readonly session: string;
  readonly gone: AbortSignal;
  readonly announced?: number | undefined;
};

const lengthOf = ({ headers: { 'content-length': length } }: IncomingMessage): number | undefined =>
  length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;

const take = async (name: string, bytes: Readable, { incoming, session, gone, announced }: To): Promise<SentFile> => {
  if (!FileName.is(name)) return drained(bytes, { name, status: 400, because: badName });
  const place = await incoming.open();
  if (isLeft(place)) return drained(bytes, { name, ...notTaken(place.left) });
  const cut = (): void => void bytes.destroy(new Error('cut off'));
  gone.addEventListener('abort', cut);
  if (gone.aborted) cut();
  try {
    const done = await place.right.take({ name, session, door: 'http', bytes, announced, stopped: gone, cut });
    return isLeft(done) ? { name, ...notTaken(done.left) } : { name, ...done.right };
  } finally {
    gone.removeEventListener('abort', cut);
    await place.right.close();
  }
};

/** Read to its end and forgotten, so that its sender gets to read the answer. */
const drained = (bytes: Readable, said: SentFile): SentFile => {
  bytes.resume();
  return said;
};

const statuses = {
  closed: 503,
  full: 507,
  failed: 503,
  slow: 408,
  broken: 400,
  oversized: 413,
  refused: 422,
  stopped: 400,
} as const;

const rules = {
  closed: 'incoming-closed',
  full: 'incoming-full',
  failed: 'incoming-failed',
  slow: 'too-slow',
  broken: 'broken-off',
  oversized: 'oversized',
  stopped: 'broken-off',
} as const;

const notTaken = (said: NotTaken): { readonly status: number; readonly because: Refusal } => ({
  status: statuses[said.why],
  because: said.why === 'refused' ? said.because : refusal(rules[said.why], said.fact, 'upload it again'),
});

const badName = refusal(
  'bad-name',
  'a file is named by 1 to 255 letters, digits, "+.~_:-", a letter or digit first, without folders',
  'name it as its .changes does',
);

/** Fires when the sender went away before the end. */
const departure = (req: IncomingMessage): AbortController => {
  const gone = new AbortController();
  req.once('close', () => {
    if (!req.complete) gone.abort();
  });
  return gone;
};

/**
 * Reads what is left of a body and forgets it, as far as that is polite: a client that finds its connection reset tells its user about
 * a broken pipe, one that could finish reads our answer.
 */
export const forget = (req: IncomingMessage): void => {
  let surplus = 0;
  req.on('data', (bytes: Buffer) => {
    surplus += bytes.length;
    if (surplus > 64 * 1024 ** 2) req.socket.destroy();
  });
};

const sessions = new WeakMap<Socket, string>();

/** One connection is one session, as with FTP. */
const sessionOf = (socket: Socket): string => {
  const session = sessions.get(socket) ?? `http-${randomUUID()}`;
  sessions.set(socket, session);
  return session;
};
