import * as t from 'io-ts';
import { Instant } from '../codec.ts';
import { Architecture, Codename, StoredFile } from '../debian/names.ts';

export const ChrootKind = t.keyof(
  { directory: null, file: null, 'btrfs-snapshot': null, 'lvm-snapshot': null, unshare: null },
  'ChrootKind',
);
export type ChrootKind = t.TypeOf<typeof ChrootKind>;

export const ChrootConfigured = t.strict(
  {
    type: t.literal('ChrootConfigured'),
    codename: Codename,
    architecture: Architecture,
    kind: ChrootKind,
    /** Volume group, btrfs folder …: what the kind needs; empty for `directory`. */
    options: t.record(t.string, t.string),
    include: t.readonlyArray(t.string),
    ccache: t.boolean,
  },
  'ChrootConfigured',
);
export type ChrootConfigured = t.TypeOf<typeof ChrootConfigured>;

export const ChrootRemoved = t.strict(
  { type: t.literal('ChrootRemoved'), codename: Codename, architecture: Architecture },
  'ChrootRemoved',
);
export type ChrootRemoved = t.TypeOf<typeof ChrootRemoved>;

/** A template is ready; builds begun from now on use it. `generation` names its folder or volume. */
export const ChrootPrepared = t.strict(
  {
    type: t.literal('ChrootPrepared'),
    codename: Codename,
    architecture: Architecture,
    generation: t.string,
    preparedAt: Instant,
    seconds: t.number,
  },
  'ChrootPrepared',
);
export type ChrootPrepared = t.TypeOf<typeof ChrootPrepared>;

export const ChrootFailed = t.strict(
  {
    type: t.literal('ChrootFailed'),
    codename: Codename,
    architecture: Architecture,
    stage: t.string,
    fact: t.string,
  },
  'ChrootFailed',
);
export type ChrootFailed = t.TypeOf<typeof ChrootFailed>;

/** The template is to be made anew before it is old: somebody wants it, or the suite it is made of changed; builds go on with it meanwhile. */
export const ChrootOutdated = t.strict(
  { type: t.literal('ChrootOutdated'), codename: Codename, architecture: Architecture, reason: t.string },
  'ChrootOutdated',
);
export type ChrootOutdated = t.TypeOf<typeof ChrootOutdated>;

/** What the last preparation printed; said before what came of it. */
export const ChrootLogKept = t.strict(
  { type: t.literal('ChrootLogKept'), codename: Codename, architecture: Architecture, log: StoredFile },
  'ChrootLogKept',
);
export type ChrootLogKept = t.TypeOf<typeof ChrootLogKept>;

/** The template that the log speaks of is not there any more; builds wait for a new one. */
export const ChrootLost = t.strict(
  {
    type: t.literal('ChrootLost'),
    codename: Codename,
    architecture: Architecture,
    generation: t.string,
    fact: t.string,
  },
  'ChrootLost',
);
export type ChrootLost = t.TypeOf<typeof ChrootLost>;

/** The template that holds the tools of checks besides, made where some distribution wants one. As `ChrootPrepared`. */
export const CheckChrootPrepared = t.strict(
  { ...ChrootPrepared.type.props, type: t.literal('CheckChrootPrepared') },
  'CheckChrootPrepared',
);
export type CheckChrootPrepared = t.TypeOf<typeof CheckChrootPrepared>;

export const CheckChrootFailed = t.strict(
  { ...ChrootFailed.type.props, type: t.literal('CheckChrootFailed') },
  'CheckChrootFailed',
);
export type CheckChrootFailed = t.TypeOf<typeof CheckChrootFailed>;

export const CheckChrootLost = t.strict(
  { ...ChrootLost.type.props, type: t.literal('CheckChrootLost') },
  'CheckChrootLost',
);
export type CheckChrootLost = t.TypeOf<typeof CheckChrootLost>;

export type ChrootEvent =
  | ChrootConfigured
  | ChrootRemoved
  | ChrootPrepared
  | ChrootFailed
  | ChrootOutdated
  | ChrootLogKept
  | ChrootLost
  | CheckChrootPrepared
  | CheckChrootFailed
  | CheckChrootLost;
