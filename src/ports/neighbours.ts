import type { RemoteId } from '../domain/configuration/events.ts';
import type { Statement } from '../domain/remote/statement.ts';

/**
 * What remotes said of themselves last, as long as this life lasts. It is hearsay: it changes with every look, and the log only holds what
 * came of it.
 */
export interface Neighbours {
  /** `at`: when we asked, by our own clock in milliseconds. */
  readonly heard: (remote: RemoteId) => { readonly statement: Statement; readonly at: number } | undefined;
  /** Whether it is time to ask again: soon after an answer, ever later after none. */
  readonly isDue: (remote: RemoteId, now: number) => boolean;
  readonly answered: (remote: RemoteId, statement: Statement, now: number) => void;
  /** It was woken: it is asked at once, and soon again as long as it does not answer. */
  readonly expected: (remote: RemoteId, now: number) => void;
  readonly missed: (remote: RemoteId, now: number) => void;
}
