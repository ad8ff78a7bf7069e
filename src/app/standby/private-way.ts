import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../../domain/refusal.ts';

/** Keys that sign and digests of passwords go over TLS, or do not leave the machine. Gives `url` as it is. */
export const privateWay = (url: string): Either<Refusal, string> => {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || isLoopback(hostname)) return right(url);
  return left(
    refusal(
      'way-not-private',
      `${url} is reached without TLS, and archive keys and accounts would come that way: nothing is copied`,
      'set MINI_BUILDD_ARCHIVE to the https:// address of whoever holds the archive',
    ),
  );
};

/** Of a host as `URL` writes it. */
const isLoopback = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
