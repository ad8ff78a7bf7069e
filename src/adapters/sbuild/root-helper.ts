import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeOrThrow } from '../../domain/codec.ts';
import { Refusal, sentence } from '../../domain/refusal.ts';
import { type Frame, helperFrames } from './helper-frames.ts';

/** One job of the helper. It ends, and is cleaned, when its connection does: `end` may be called at any time. */
export type Job = {
  /** What the job sends from now on. Its `refused` is thrown; the end of the connection ends it. */
  readonly frames: AsyncGenerator<Frame>;
  readonly say: (message: object) => void;
  readonly end: () => void;
};

/** The privileged part of mini-buildd, behind a Unix socket. `ops/root-helper` says who starts it and what it does. */
export type RootHelper = { readonly start: (request: object) => Promise<Job> };

export const rootHelper = (socketPath: string): RootHelper => ({
  start: async (request) => {
    const socket = await connected(socketPath);
    // Without a listener a lost connection would end the process; whoever reads the frames learns of it.
    socket.on('error', () => {});
    const say = (message: object): void => void socket.write(`${JSON.stringify(message)}\n`);
    say(request);
    return { frames: unrefused(helperFrames(socket)), say, end: () => void socket.destroy() };
  },
});

/** Runs a job that has one answer. `progress` gets its output. */
export const ask = async <A>(
  helper: RootHelper,
  request: object,
  answer: t.Type<A, unknown>,
  progress: (bytes: Buffer) => void = () => {},
): Promise<A> => {
  const job = await helper.start(request);
  try {
    for await (const frame of job.frames) {
      if (frame.kind === 'output') progress(frame.bytes);
      else return decodeOrThrow(t.strict({ done: answer }), frame.value, 'the answer of the root helper').done;
    }
  } finally {
    job.end();
  }
  throw new Error('the root helper ended in the middle of a job');
};

/** A helper that is being started again listens in a moment; no build is to be given back for that. Milliseconds. */
const patience = 10_000;

const connected = async (path: string): Promise<Socket> => {
  for (const end = Date.now() + patience; ; await pause(100)) {
    try {
      return await dialled(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isAway = code === 'ENOENT' || code === 'ECONNREFUSED';
      if (!isAway || Date.now() > end)
        throw new Error(`the root helper cannot be reached at ${path}: ${message} (start ops/root-helper)`);
    }
  }
};

const dialled = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });

const Refused = t.strict({ refused: Refusal });

const unrefused = async function* (frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  for await (const frame of frames) {
    const refused = frame.kind === 'message' ? Refused.decode(frame.value) : undefined;
    if (refused !== undefined && isRight(refused)) throw new Error(sentence(refused.right.refused));
    yield frame;
  }
};
