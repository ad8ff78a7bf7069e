import { randomUUID } from 'node:crypto';
import type { EventId } from '../domain/ids.ts';

/** A new id that tells when it was made: a UUID of version 7 (RFC 9562 §5.7). `now` in milliseconds since 1970. */
export const newEventId = (now: number): EventId => {
  const time = now.toString(16).padStart(12, '0');
  // Chance and variant are those of a UUID of version 4, which Node draws many of at once.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}` as EventId;
};

/** When an id was made, in milliseconds since 1970; nothing of ids that do not tell. */
export const madeAt = (id: EventId): number | undefined =>
  id.charAt(14) === '7' ? Number.parseInt(id.replace('-', '').slice(0, 12), 16) : undefined;
