import type { Either } from 'fp-ts/lib/Either.js';
import type { Refusal } from '../domain/refusal.ts';

/** Other instances, asked over their API as anybody may ask. */
export interface Remotes {
  /**
   * The JSON answer of a reading command of the instance at `url`, within seconds and a megabyte; no redirects are followed. `left` says
   * what came instead. Never rejects for what the other side does.
   */
  readonly ask: (url: string, command: 'getkey' | 'status' | 'peerstatus') => Promise<Either<Refusal, unknown>>;
  /** Asks the instance at `url` to know us, by its command `introduce`; with the same bounds. Again is no harm. */
  readonly introduce: (
    url: string,
    introduction: { readonly introduction: string; readonly key: string },
  ) => Promise<Either<Refusal, unknown>>;
}
