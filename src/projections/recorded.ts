import type { DaemonEvent } from '../domain/event.ts';
import type { RecordedEvent } from '../ports/event-log.ts';

/** An event of ours with its envelope, as read from the log. */
export type Recorded = Omit<RecordedEvent, 'body'> & { readonly event: DaemonEvent };
