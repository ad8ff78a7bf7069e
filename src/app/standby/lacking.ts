import type { Fingerprint, Sha256 } from '../../domain/debian/names.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { EventLog, Position } from '../../ports/event-log.ts';
import { fileAudit, type SizeOf } from '../verification/audit-files.ts';
import { filesNamedIn } from '../verification/named-files.ts';

/** What a copy must hold by what the log says. */
export type Lacking = {
  /** Reads on to the end of the log. Gives what was withdrawn meanwhile, and did not come back. One call at a time. */
  readonly read: () => Promise<readonly Sha256[]>;
  /** Files that the log names, that nothing took away, and that are not here. */
  readonly files: () => readonly { readonly sha256: Sha256; readonly size: number }[];
  /** Archive keys that something may still be signed with. */
  readonly keys: () => readonly Fingerprint[];
};

const page = 500;

export const lackingBy = (log: Pick<EventLog, 'readAll'>, sizeOf: SizeOf): Lacking => {
  const audit = fileAudit(sizeOf, () => undefined);
  const keys = new Set<Fingerprint>();
  let position: Position | undefined;
  return {
    read: async () => {
      const withdrawn = new Set<Sha256>();
      const removed = new Set<Sha256>();
      for (;;) {
        const events = await log.readAll(position, page);
        for (const { body, position: at } of events) {
          const event = decodeEvent(body, `the event at ${at}`);
          audit.event(event, at);
          if (event.type === 'FileWithdrawn') withdrawn.add(event.sha256);
          if (event.type === 'WithdrawnFileRemoved') removed.add(event.sha256);
          // It was uploaded again since: here it may lie already.
          for (const { sha256 } of filesNamedIn(event)) if (removed.delete(sha256)) withdrawn.delete(sha256);
          if (event.type === 'ArchiveKeyGenerated') keys.add(event.fingerprint);
          if (event.type === 'ArchiveKeyRetired') keys.delete(event.fingerprint);
        }
        if (events.length === 0) return [...withdrawn];
        position = events.at(-1)?.position;
      }
    },
    files: () => audit.missing(),
    keys: () => [...keys],
  };
};
