import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Sha256 } from '../../domain/debian/names.ts';
import type { NodeName } from '../../domain/node/events.ts';
import { causeOf } from '../../domain/reason.ts';

export type ArchiveAccess = {
  /** Where the holder of the archive answers now: `http://HOST:PORT`. */
  readonly where: () => Promise<string>;
  readonly node: NodeName;
  readonly secret: string;
  /** For how long a transfer may get nowhere before it is given up; milliseconds. */
  readonly patienceMs?: number;
};

/** What asking again does not change: the secret opens nothing, or there is no such file. */
export class Refused extends Error {}

/** Speaks with `/mini_buildd/nodes` of whoever holds the archive. Transfers are gone on with where they broke off. */
export const archiveClient = ({ where, node, secret, patienceMs = 600_000 }: ArchiveAccess, closing: AbortSignal) => {
  const authorization = `Basic ${Buffer.from(`${node}:${secret}`).toString('base64')}`;
  const ask = async (path: string, how: RequestInit): Promise<Response> => {
    const url = new URL(`/mini_buildd/nodes/${path}`, await where());
    const answer = await fetch(url, {
      signal: closing,
      ...how,
      redirect: 'error',
      headers: { authorization, ...(how.headers as Record<string, string>) },
    });
    if (answer.status === 401) throw new Refused(`${url.origin} does not know ${node}, or its secret`);
    return answer;
  };

  /** Again and again, as long as the standing grows now and then; a step in which no byte moves for so long is the last. */
  const insist = async (what: string, step: (quiet: Quiet) => Promise<'done' | number>): Promise<void> => {
    let [furthest, since, wait] = [-1, Date.now(), 250];
    for (;;) {
      const quiet = quietFor(patienceMs, closing);
      const got = await step(quiet)
        .catch((error: unknown) => {
          if (error instanceof Refused || closing.aborted) throw error;
          return error as Error;
        })
        .finally(quiet.end);
      if (got === 'done') return;
      if (quiet.signal.aborted) throw new Error(`${what}: nothing came for ${patienceMs / 1000} s`);
      if (typeof got === 'number' && got > furthest) [furthest, since, wait] = [got, Date.now(), 250];
      else if (Date.now() - since > patienceMs)
        throw new Error(`${what}: ${typeof got === 'number' ? 'it does not get on' : causeOf(got)}`);
      await pause(wait, undefined, { signal: closing });
      wait = Math.min(wait * 2, 10_000);
    }
  };

  /** What came of it when the archive had all bytes. */
  const send = async (sha256: Sha256, path: string): Promise<'whole' | 'altered'> => {
    let became: 'whole' | 'altered' = 'whole';
    await insist(`${sha256} could not be delivered`, async ({ signal, moved }) => {
      const size = await sizeOf(path);
      const standing = await ask(`files/${sha256}`, { method: 'HEAD', signal });
      moved();
      if (standing.ok) return 'done';
      const at = Number(standing.headers.get('upload-offset') ?? Number.NaN);
      if (!Number.isSafeInteger(at)) throw new Error(`the archive answers ${standing.status}`);
      const answer = await ask(`files/${sha256}`, {
        method: 'PUT',
        headers: { 'upload-offset': String(at), 'upload-length': String(size) },
        body: watched(createReadStream(path, { start: at }), moved) as never,
        signal,
        duplex: 'half',
      } as RequestInit);
      await answer.body?.cancel();
      if (answer.status === 422) became = 'altered';
      return answer.status === 201 || answer.status === 422 ? 'done' : at;
    });
    return became;
  };

  return {
    alive: async (token: number, waitsFor?: string): Promise<void> => {
      const path =
        waitsFor === undefined
          ? `alive/${token}`
          : `held/${token}?because=${encodeURIComponent(waitsFor.slice(0, 300))}`;
      const answer = await ask(path, { method: 'POST', signal: soon(closing) });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the archive answers ${answer.status}`);
    },

    /** Whether it has the file. */
    has: async (sha256: Sha256): Promise<boolean> => {
      const answer = await ask(`files/${sha256}`, { method: 'HEAD', signal: soon(closing) });
      if (!answer.ok && answer.status !== 404) throw new Error(`the archive answers ${answer.status}`);
      return answer.ok;
    },

    /** What it answers to `told`, as JSON; `undefined` when it has nothing to say. */
    tell: async (path: string, told?: unknown): Promise<unknown> => {
      const answer = await ask(path, {
        ...(told === undefined ? {} : { method: 'POST', body: JSON.stringify(told) }),
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.any([closing, AbortSignal.timeout(15_000)]),
      });
      if (!answer.ok) throw new Error(await factOf(answer));
      return answer.status === 204 ? undefined : answer.json();
    },

    bearings: async (): Promise<unknown> => {
      const answer = await ask('bearings', { signal: soon(closing) });
      if (!answer.ok) throw new Error(`the archive answers ${answer.status}`);
      return answer.json();
    },

    /** Fetches into the file at `path`, behind what is there of it already. */
    fetch: (sha256: Sha256, path: string): Promise<void> =>
      insist(`${sha256} could not be fetched`, async ({ signal, moved }) => {
        const at = await sizeOf(path);
        const answer = await ask(`files/${sha256}`, {
          headers: at === 0 ? {} : { range: `bytes=${at}-` },
          signal,
        });
        moved();
        if (answer.status === 404) throw new Refused(`the archive has no file ${sha256}`);
        // Nothing is behind the last byte.
        if (answer.status === 416) return 'done';
        if (answer.status !== 206 && answer.status !== 200) throw new Error(`the archive answers ${answer.status}`);
        return write(answer, path, answer.status === 206 ? at : 0, moved);
      }),

    /** Resolves when the file is durable at the archive. */
    deliver: async (sha256: Sha256, path: string): Promise<void> => {
      if ((await send(sha256, path)) === 'whole') return;
      // What lay there of it may have suffered, as when the power failed. It was dropped: now all bytes are ours.
      if ((await send(sha256, path)) === 'altered') throw new Refused(`the archive took ${sha256} for something else`);
    },
  };
};

/** Of a problem document, what it says. */
const factOf = async (answer: Response): Promise<string> => {
  const said = (await answer.json().catch(() => undefined)) as { readonly detail?: unknown } | undefined;
  return typeof said?.detail === 'string' ? said.detail : `the archive answers ${answer.status}`;
};

/** What it speaks by. */
export type ArchiveClient = ReturnType<typeof archiveClient>;

const soon = (closing: AbortSignal): AbortSignal => AbortSignal.any([closing, AbortSignal.timeout(5_000)]);

type Quiet = {
  /** Fires when nothing moved for so long, or we are closing. */
  readonly signal: AbortSignal;
  readonly moved: () => void;
  readonly end: () => void;
};

const quietFor = (milliseconds: number, closing: AbortSignal): Quiet => {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), milliseconds);
  return {
    signal: AbortSignal.any([closing, silence.signal]),
    moved: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  };
};

/** The bytes, as they are taken. */
async function* watched(bytes: AsyncIterable<Buffer>, moved: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    moved();
    yield chunk;
  }
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

/** `'done'` when all came that was announced, else how far it is. */
const write = async (answer: Response, path: string, from: number, moved: () => void): Promise<'done' | number> => {
  const handle = await open(path, from === 0 ? 'w' : 'a', 0o600);
  let at = from;
  try {
    for await (const chunk of answer.body ?? []) {
      moved();
      await handle.writeFile(chunk);
      at += chunk.length;
    }
    return 'done';
  } catch (error) {
    if (at === from) throw error;
    return at;
  } finally {
    await handle.close();
  }
};
