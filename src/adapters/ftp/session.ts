import type { SecureContext } from 'node:tls';
import type { DataChannel } from './data-channel.ts';
import type { ControlConnection } from './quiet-server.ts';
import type { Reply } from './reply.ts';

/** One control connection, and what its client has told us so far. */
export type Session = {
  readonly connection: ControlConnection;
  /** Our address and the client's, as this connection sees them. */
  readonly local: string;
  readonly peer: string;
  /** Whether USER named somebody we let in; `connection.authenticated` follows with PASS. */
  welcome: boolean;
  directory: '/' | '/incoming';
  /** What was agreed of TLS, once the client asked for it; `isSized` says that PBSZ was said. */
  tls: { readonly context: SecureContext; isSized: boolean; isDataPrivate: boolean } | undefined;
  /** Agreed for the next transfer, not yet used. */
  channel: DataChannel | undefined;
  /** The transfer under way; aborting it needs a Reply as reason. */
  transfer: AbortController | undefined;
  /** How many files this session has begun to store. */
  begun: number;
  /** Says goodbye and closes. */
  readonly part: (said: Reply) => Promise<void>;
  /** Resolves when every command heard so far is answered. */
  readonly settled: () => Promise<void>;
};
