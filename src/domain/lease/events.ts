import * as t from 'io-ts';

/** A node took over writing: its archive, its incoming and all duties. `node` is `HOST:PORT` where it can be asked whether it lives, `builder` the name it builds under. */
export const ArchiveLeaseTaken = t.strict(
  { type: t.literal('ArchiveLeaseTaken'), node: t.string, builder: t.string, because: t.string },
  'ArchiveLeaseTaken',
);
export type ArchiveLeaseTaken = t.TypeOf<typeof ArchiveLeaseTaken>;

/** It ended in order: whoever waits may take over at once. */
export const ArchiveLeaseReleased = t.strict(
  { type: t.literal('ArchiveLeaseReleased'), node: t.string },
  'ArchiveLeaseReleased',
);
export type ArchiveLeaseReleased = t.TypeOf<typeof ArchiveLeaseReleased>;

/** What the archive consists of lies on the disk of `node` from now on, which copied it as a standby: everything is published anew there. */
export const ArchiveRelocated = t.strict({ type: t.literal('ArchiveRelocated'), node: t.string }, 'ArchiveRelocated');
export type ArchiveRelocated = t.TypeOf<typeof ArchiveRelocated>;

export type LeaseEvent = ArchiveLeaseTaken | ArchiveLeaseReleased | ArchiveRelocated;
