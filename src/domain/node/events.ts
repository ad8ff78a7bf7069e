import * as t from 'io-ts';
import { Count, Instant, text } from '../codec.ts';
import { Architecture, Codename, Sha256 } from '../debian/names.ts';

/** A builder on our own log, as events and pages call it. */
export const NodeName = text('NodeName', /^[a-z][a-z0-9-]{0,31}$/, 'a letter, then letters, digits and -, all small');
export type NodeName = t.TypeOf<typeof NodeName>;

/** May fetch and deliver files and be given builds. `key`: SHA-256 of the secret that it shows, which is 256 random bits. */
export const NodeAdded = t.strict({ type: t.literal('NodeAdded'), node: NodeName, key: Sha256 }, 'NodeAdded');
export type NodeAdded = t.TypeOf<typeof NodeAdded>;

/** As `NodeAdded`; and it may have everything that is beside the log, keys and people included, to take over the archive one day. */
export const StandbyAdded = t.strict({ type: t.literal('StandbyAdded'), node: NodeName, key: Sha256 }, 'StandbyAdded');
export type StandbyAdded = t.TypeOf<typeof StandbyAdded>;

/** Its secret opens nothing any more. */
export const NodeRemoved = t.strict({ type: t.literal('NodeRemoved'), node: NodeName }, 'NodeRemoved');
export type NodeRemoved = t.TypeOf<typeof NodeRemoved>;

/**
 * A process works as this node from now on, and whichever did before does not: the revision of this event is its token. `address` is `HOST:PORT`
 * where logs of its builds are read, `room` how many builds it runs at once.
 */
export const NodeStarted = t.strict(
  {
    type: t.literal('NodeStarted'),
    node: NodeName,
    address: t.string,
    room: Count,
    architectures: t.readonlyArray(Architecture),
  },
  'NodeStarted',
);
export type NodeStarted = t.TypeOf<typeof NodeStarted>;

/** It ended in order. */
export const NodeStopped = t.strict({ type: t.literal('NodeStopped'), node: NodeName }, 'NodeStopped');
export type NodeStopped = t.TypeOf<typeof NodeStopped>;

/** Its disk has only the reserve left, as it saw it then: it is given no build until there is room again. */
export const NodeDiskFilled = t.strict(
  {
    type: t.literal('NodeDiskFilled'),
    node: NodeName,
    room: t.strict({ free: t.number, size: t.number, freeFiles: t.number, files: t.number }),
  },
  'NodeDiskFilled',
);
export type NodeDiskFilled = t.TypeOf<typeof NodeDiskFilled>;

/** There is room again. */
export const NodeDiskFreed = t.strict({ type: t.literal('NodeDiskFreed'), node: NodeName }, 'NodeDiskFreed');
export type NodeDiskFreed = t.TypeOf<typeof NodeDiskFreed>;

/** What a template is for: builds, or checks of what was built. */
export const NodePurpose = t.keyof({ builds: null, checks: null }, 'NodePurpose');
export type NodePurpose = t.TypeOf<typeof NodePurpose>;

const template = { node: NodeName, purpose: NodePurpose, codename: Codename, architecture: Architecture };

/** As `ChrootPrepared`, on a node. */
export const NodeChrootPrepared = t.strict(
  { type: t.literal('NodeChrootPrepared'), ...template, generation: t.string, preparedAt: Instant, seconds: t.number },
  'NodeChrootPrepared',
);
export type NodeChrootPrepared = t.TypeOf<typeof NodeChrootPrepared>;

/** As `ChrootFailed`, on a node. */
export const NodeChrootFailed = t.strict(
  { type: t.literal('NodeChrootFailed'), ...template, stage: t.string, fact: t.string },
  'NodeChrootFailed',
);
export type NodeChrootFailed = t.TypeOf<typeof NodeChrootFailed>;

/** As `ChrootLost`, on a node. */
export const NodeChrootLost = t.strict(
  { type: t.literal('NodeChrootLost'), ...template, generation: t.string, fact: t.string },
  'NodeChrootLost',
);
export type NodeChrootLost = t.TypeOf<typeof NodeChrootLost>;

export type NodeChrootReport = NodeChrootPrepared | NodeChrootFailed | NodeChrootLost;

export type NodeReport = NodeChrootReport | NodeDiskFilled | NodeDiskFreed;

export type NodeEvent = NodeAdded | StandbyAdded | NodeRemoved | NodeStarted | NodeStopped | NodeReport;
