import type { Logger } from 'pino';
import type { Certificate } from '../../ports/certificate.ts';
import type { Proxies } from './client-address.ts';
import type { Limits } from './limits.ts';
import type { HttpEndpoint } from './listening.ts';
import type { MetricsHooks } from './metrics.ts';

/** What a server needs, whatever it serves. */
export type ServerParts = {
  readonly endpoints: readonly HttpEndpoint[];
  /** For those endpoints that speak TLS. */
  readonly certificate: Certificate | undefined;
  /** Those in front of us; whoever else says for whom he asks is not believed. */
  readonly proxies: Proxies;
  /** `true`, or why uploads are not taken yet. */
  readonly ready: () => true | string;
  readonly metrics: MetricsHooks;
  readonly journal: Logger;
  readonly limits?: Partial<Limits>;
};
