import type * as t from 'io-ts';
import { text } from '../codec.ts';

/** `https://buildd.example.org`: scheme, host and the port where it is not the scheme's own; no path. */
export const WebAddress = text(
  'WebAddress',
  /^https?:\/\/(?:\[[\da-f:.]+\]|[a-zA-Z\d._-]+)(?::\d{1,5})?$/,
  'http:// or https://, a host, and its port if it is another than usual',
);
export type WebAddress = t.TypeOf<typeof WebAddress>;

/** The one spelling of an address: small letters, no port that is the scheme's own, nothing after it. Throws where there is none. */
export const webAddress = (url: string): WebAddress => new URL(url).origin as WebAddress;

/** As people write it: `HOST:PORT`, and the whole address where it has to be said that TLS is spoken. */
export const shortAddress = (url: WebAddress): string => (url.startsWith('https:') ? url : hostAndPort(url));

/** `HOST:PORT` of an address, as those write it who know the scheme. */
export const hostAndPort = (url: string): string => {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
};
