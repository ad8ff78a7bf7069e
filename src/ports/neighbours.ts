import type { RemoteId } from '../domain/configuration/events.ts';
import type { RequestMark, RequestState, Statement } from '../domain/remote/statement.ts';

/** How a buildrequest does there, and since when we hear the same of it. */
export type Progress = { readonly state: RequestState; readonly since: number };

export type Heard = {
  readonly statement: Statement;
  /** When we asked, by our own clock in milliseconds. */
  readonly at: number;
  readonly progress: ReadonlyMap<RequestMark, Progress>;
};

/**
 * What remotes said of themselves last, as long as this life lasts. It is hearsay: it changes with every look, and the log only holds what
 * came of it.
 */
export interface Neighbours {
  readonly heard: (remote: RemoteId) => Heard | undefined;
  /** Whether it is time to ask again: soon after an answer, ever later after none. */
  readonly isDue: (remote: RemoteId, now: number) => boolean;
  readonly answered: (remote: RemoteId, statement: Statement, now: number) => void;
  /** It was woken: it is asked at once, and soon again as long as it does not answer. */
  readonly expected: (remote: RemoteId, now: number) => void;
  readonly missed: (remote: RemoteId, now: number) => void;
}
