import type { IncomingMessage } from 'node:http';
import { type Refusal, refusal } from '../../domain/refusal.ts';

/**
 * Why a changing request may have been sent by another site's page behind its reader's back, or `undefined`. What such a
 * page cannot do without asking us first, which we never allow: send JSON, or our header. What it cannot hide in
 * a browser: `Sec-Fetch-Site` and `Origin`.
 */
export const crossSite = ({ headers }: IncomingMessage): Refusal | undefined => {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return crossed(
      `a browser says that the request came from another site (Sec-Fetch-Site: ${String(site).slice(0, 40)})`,
    );
  }
  if (origin !== undefined && hostOf(origin) !== host?.toLowerCase()) {
    return crossed(`a browser says that the request came from ${origin.slice(0, 100)}`);
  }
  const isProved = isJson(headers['content-type']) || headers['x-mini-buildd'] !== undefined || origin !== undefined;
  return isProved ? undefined : crossed('nothing in the request shows that no other site sent it');
};

const crossed = (fact: string): Refusal =>
  refusal(
    'cross-site',
    fact,
    'send JSON (Content-Type: application/json) or the header "X-Mini-Buildd: 1", or use our own pages',
  );

const isJson = (contentType: string | undefined): boolean => /^application\/json\s*(?:;|$)/i.test(contentType ?? '');

const hostOf = (origin: string): string | undefined => {
  try {
    const { protocol, host } = new URL(origin);
    return protocol === 'http:' || protocol === 'https:' ? host : undefined;
  } catch {
    return undefined;
  }
};
