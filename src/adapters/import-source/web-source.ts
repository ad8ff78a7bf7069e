import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { left, right } from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../domain/reason.ts';
import { refusal } from '../../domain/refusal.ts';
import type { ImportSource } from '../../ports/import-source.ts';
import { absent } from './folder-source.ts';
import { unpack } from './unpack.ts';

/** Until the first byte of an answer. */
const patienceMs = 60_000;

/** A repository as a web server gives it. What its suites are called it does not say. */
export const webSource = (address: string): ImportSource => ({
  suites: async () => undefined,
  open: async (path) => {
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), address.replace(/\/*$/, '/'));
    const waiting = new AbortController();
    const timer = setTimeout(
      () => waiting.abort(new Error(`no answer within ${patienceMs / 1000} seconds`)),
      patienceMs,
    );
    try {
      const answer = await fetch(url, { signal: waiting.signal, headers: { 'accept-encoding': 'identity' } });
      if (answer.status === 404 || answer.status === 410) return left(absent(url.href));
      if (answer.ok && answer.body !== null) return right(Readable.fromWeb(answer.body as ReadableStream));
      return left(refusal('unreadable-file', `${url.href} is answered with ${answer.status}`, again));
    } catch (error) {
      return left(refusal('unreadable-file', `${url.href}: ${causeOf(error)}`, again));
    } finally {
      clearTimeout(timer);
    }
  },
  unpack,
});

const again = 'see that the server gives it, and import again';

const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : reasonOf(error);
