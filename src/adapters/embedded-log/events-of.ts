import type { RecordedEvent } from '../../ports/event-log.ts';

/** Events from the JSON of the thread. JSON knows no `undefined`, so a missing cause is put back. */
export const eventsOf = (text: string): readonly RecordedEvent[] => {
  const events: (Omit<RecordedEvent, 'causedBy'> & { causedBy?: RecordedEvent['causedBy'] })[] = JSON.parse(text);
  for (const event of events) event.causedBy ??= undefined;
  return events as RecordedEvent[];
};
