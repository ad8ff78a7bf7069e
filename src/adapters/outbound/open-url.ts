import { lookup } from 'node:dns';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type Place, permitted } from './permission.ts';
import { isPublicAddress, PrivateAddress, publicLookup } from './public-address.ts';

export type Bounds = {
  /** Longest silence, and longest time from the first word to the last byte, in milliseconds. */
  readonly silenceMs: number;
  readonly wholeMs: number;
  readonly resolve?: LookupFunction;
};

const mostRedirects = 5;

/**
 * The bytes at a URL, whose caller reads or destroys them. A redirect is followed only to a place that the configuration names; rejects when
 * nobody answers, or answers that it cannot now.
 */
export const openUrl = async (
  place: Extract<Place, { kind: 'url' }>,
  allowed: readonly string[],
  bounds: Bounds,
): Promise<Either<Refusal, Readable>> => {
  const signal = AbortSignal.timeout(bounds.wholeMs);
  const tooSlow = new Error(`${place.url.href} did not end within ${bounds.wholeMs / 1000} s`);
  let next = place;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const { url, anyAddress } = next;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!anyAddress && isIP(host) !== 0 && !isPublicAddress(host))
      return left(privateAddress(`${url.origin} is not public`));
    const answer = await asked(url, anyAddress, bounds, signal).catch((error: unknown) => {
      throw signal.aborted ? tooSlow : error;
    });
    if (isLeft(answer)) return answer;
    const { statusCode = 0, headers } = answer.right;
    if (statusCode === 200) {
      signal.addEventListener('abort', () => answer.right.destroy(tooSlow), { once: true });
      return right(answer.right);
    }
    answer.right.destroy();
    if (statusCode >= 500 || statusCode === 429) throw new Error(`${url.href} answers ${statusCode}`);
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return left(notThere(url, statusCode));
    const target = permitted(new URL(headers.location, url).href, allowed);
    if (isLeft(target) || target.right.kind !== 'url' || !target.right.anyAddress)
      return left(redirected(url, headers.location));
    next = target.right;
  }
  return left(redirected(place.url, `more than ${mostRedirects} others in turn`));
};

const asked = (
  url: URL,
  anyAddress: boolean,
  { silenceMs, resolve = lookup }: Bounds,
  signal: AbortSignal,
): Promise<Either<Refusal, IncomingMessage>> =>
  new Promise((answer, fail) => {
    const options = {
      agent: false,
      headers: { 'user-agent': 'mini-buildd', 'accept-encoding': 'identity' },
      timeout: silenceMs,
      signal,
      lookup: anyAddress ? resolve : publicLookup(resolve),
    } as const;
    const request = (url.protocol === 'https:' ? getSecure : getPlain)(url, options, (response) =>
      answer(right(response)),
    );
    request.on('timeout', () => request.destroy(new Error(`${url.origin} was silent for ${silenceMs / 1000} s`)));
    request.on('error', (error) =>
      error instanceof PrivateAddress ? answer(left(privateAddress(error.message))) : fail(error),
    );
  });

const privateAddress = (fact: string): Refusal =>
  refusal('private-address', fact, 'ask an administrator to add it to portextFrom of the instance');

const notThere = (url: URL, status: number): Refusal =>
  refusal('not-there', `${url.href} answers ${status}`, 'correct the address, or try another mirror');

const redirected = (url: URL, target: string): Refusal =>
  refusal(
    'redirected',
    `${url.href} leads to ${target.slice(0, 200)}`,
    'give the address it leads to, or ask an administrator to add that to portextFrom of the instance',
  );
