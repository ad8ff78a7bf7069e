import { isOwnMachine } from './holders.ts';

/** How much of us one client, or all of them, may hold. Times in milliseconds, sizes in bytes. */
export type Limits = {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly headerBytes: number;
  /** Until a request's header is whole; and its body, unless it brings files, whose rate is watched where they arrive. */
  readonly headers: number;
  readonly request: number;
  /** A connection without a request; and one that moves no byte of an answer. */
  readonly keepAlive: number;
  readonly idle: number;
  readonly bodyBytes: number;
  /** Requests that bring files, at once: from all, and from one address. */
  readonly uploads: number;
  readonly uploadsPerAddress: number;
  /** Live streams (events, home page, build logs) at once. */
  readonly streams: number;
  readonly streamsPerAddress: number;
  /** Whose connections and streams are bounded together with all others' only. */
  readonly speaksForMany: (address: string) => boolean;
  /** A past state that is not there so soon is on its way: its page says how far, so that every page begins to come within 100 ms. */
  readonly lookBack: number;
  /** A comment goes into a quiet stream this often, so that proxies keep it. */
  readonly heartbeat: number;
  /** A stream whose client reads nothing for this long ends. */
  readonly stall: number;
};

export const defaultLimits: Limits = {
  connections: 8192,
  connectionsPerAddress: 512,
  headerBytes: 16 * 1024,
  headers: 10_000,
  request: 60_000,
  keepAlive: 15_000,
  idle: 120_000,
  bodyBytes: 64 * 1024,
  uploads: 100,
  uploadsPerAddress: 16,
  // Half of the connections stay for apt and for who only asks.
  streams: 4096,
  streamsPerAddress: 64,
  speaksForMany: isOwnMachine,
  lookBack: 75,
  heartbeat: 15_000,
  stall: 30_000,
};
