import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { left, right } from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../domain/reason.ts';
import { refusal } from '../../domain/refusal.ts';
import type { ImportSource } from '../../ports/import-source.ts';
import { control } from './deb-control.ts';
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
      const answer = await answerOf(url, waiting.signal);
      if (answer.ok && answer.body !== null) return right(Readable.fromWeb(answer.body as ReadableStream));
      await answer.body?.cancel();
      if (answer.status === 404 || answer.status === 410) return left(absent(url.href));
      return left(refusal('unreadable-file', `${url.href} is answered with ${answer.status}`, again));
    } catch (error) {
      return left(refusal('unreadable-file', `${url.href}: ${causeOf(error)}`, again));
    } finally {
      clearTimeout(timer);
    }
  },
  unpack,
  control,
});

const mostRedirects = 10;

/** Goes where the server leads, but from https nowhere that anybody on the way could answer for. */
const answerOf = async (url: URL, signal: AbortSignal): Promise<Response> => {
  let at = url;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const answer = await fetch(at, { signal, redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) return answer;
    await answer.body?.cancel();
    const to = new URL(location, at);
    if (at.protocol === 'https:' && to.protocol !== 'https:')
      throw new Error(`it is redirected from https to ${to.protocol}//${to.host}`);
    at = to;
  }
  throw new Error(`it is redirected more than ${mostRedirects} times`);
};

const again = 'see that the server gives it, and import again';

const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : reasonOf(error);
