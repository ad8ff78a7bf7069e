import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { CallFailed, type WebhookCall, type WebhookCaller } from '../../ports/webhooks.ts';
import { isPublicAddress, PrivateAddress, publicLookup } from './public-address.ts';

export type OutboundLimits = {
  /** `HOST:PORT` of those that may be called wherever they are. */
  readonly allowed: ReadonlySet<string>;
  /** For one call, from the first word to the answer. Milliseconds. */
  readonly longest: number;
  readonly resolve?: LookupFunction;
};

/** Calls by POST, each over a connection of its own. Only the status of the answer is read. */
export const httpWebhooks = (limits: OutboundLimits): WebhookCaller => ({
  call: async (call) => {
    const url = new URL(call.target.url);
    const status = await statusOf(url, call, limits).catch((error: unknown) => {
      throw error instanceof CallFailed ? error : new CallFailed(`${url.host} cannot be reached (${codeOf(error)})`);
    });
    if (status < 200 || status > 299) throw new CallFailed(`${url.host} answered ${status}`);
  },
});

const statusOf = (
  url: URL,
  call: WebhookCall,
  { allowed, longest, resolve = lookup }: OutboundLimits,
): Promise<number> =>
  new Promise((answer, fail) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const isAllowed = allowed.has(`${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`);
    // A literal address is looked up nowhere.
    if (!isAllowed && isIP(host) !== 0 && !isPublicAddress(host)) throw new CallFailed(`${url.host} is not public`);
    const request = (url.protocol === 'https:' ? secureRequest : plainRequest)(
      url,
      {
        method: 'POST',
        agent: false,
        signal: AbortSignal.timeout(longest),
        lookup: isAllowed ? resolve : publicLookup(resolve),
        headers: headersOf(call),
      },
      (response) => {
        answer(response.statusCode ?? 0);
        response.on('error', () => undefined).destroy();
      },
    );
    request.on('error', (error) =>
      fail(error instanceof PrivateAddress ? new CallFailed(`${url.host} is at an address that is not public`) : error),
    );
    request.end(call.body);
  });

const headersOf = ({ target, id, body }: WebhookCall) => ({
  'User-Agent': 'mini-buildd',
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': Buffer.byteLength(body),
  'X-Mini-Buildd-Delivery': id,
  'X-Mini-Buildd-Signature-256': `sha256=${createHmac('sha256', target.secret).update(body).digest('hex')}`,
});

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'no reason given';
  return 'code' in error ? String(error.code) : error.name;
};
