import { canonicalJson } from '../../domain/seal/canonical-json.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';

/**
 * What of an event seals stand for, as a line without its end: all of it but the position, which is the affair of one log alone. So the same
 * events in the same order have the same seals wherever they are kept.
 */
export const sealedLine = ({ position: _, ...event }: RecordedEvent): string => canonicalJson(event);
