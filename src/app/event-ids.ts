import { randomBytes } from 'node:crypto';
import type { EventId } from '../domain/ids.ts';

/** A new id that tells when it was made: a UUID of version 7 (RFC 9562 §5.7). `now` in milliseconds since 1970. */
export const newEventId = (now: number): EventId => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') as EventId;
};

/** When an id was made, in milliseconds since 1970; nothing of ids that do not tell. */
export const madeAt = (id: EventId): number | undefined =>
  id.charAt(14) === '7' ? Number.parseInt(id.replace('-', '').slice(0, 12), 16) : undefined;
