import type { Either } from 'fp-ts/lib/Either.js';
import type { BuildId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';

/** Other instances, asked over their API as anybody may ask. */
export interface Remotes {
  /**
   * The JSON answer of a reading command of the instance at `url`, within seconds and a megabyte; no redirects are followed. `left` says
   * what came instead. Never rejects for what the other side does.
   */
  readonly ask: (url: string, command: 'getkey' | 'status' | 'peerstatus') => Promise<Either<Refusal, unknown>>;
  /**
   * Puts files into the incoming at `HOST:PORT`, anonymously by FTP, in this order, the `.changes` last. `right` when all were acknowledged:
   * they are durable there. The same again is no harm.
   */
  readonly deliver: (
    place: string,
    files: readonly { readonly name: string; readonly path: string }[],
  ) => Promise<Either<Refusal, undefined>>;
  /** The log of a build that runs at `url`, as it grows; `left` when there is none. Ends, or breaks, when it does. */
  readonly followLog: (
    url: string,
    build: BuildId,
    end: AbortSignal,
  ) => Promise<Either<Refusal, AsyncIterable<Uint8Array>>>;
  /** Asks the instance at `url` to know us, by its command `introduce`; with the same bounds. Again is no harm. */
  readonly introduce: (
    url: string,
    introduction: { readonly introduction: string; readonly key: string },
  ) => Promise<Either<Refusal, unknown>>;
}
