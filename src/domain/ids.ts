import * as t from 'io-ts';
import { text } from './codec.ts';
import type { Architecture } from './debian/names.ts';

/** One arrival: a ULID, so that ids sort by time. */
export const UploadId = text('UploadId', /^[0-9A-HJKMNP-TV-Z]{26}$/, 'a ULID');
export type UploadId = t.TypeOf<typeof UploadId>;

/** One change over several steps: a ULID. */
export const ChangeId = text('ChangeId', /^[0-9A-HJKMNP-TV-Z]{26}$/, 'a ULID');
export type ChangeId = t.TypeOf<typeof ChangeId>;

/** One plan of binNMUs: a ULID. */
export const BinNmuId = text('BinNmuId', /^[0-9A-HJKMNP-TV-Z]{26}$/, 'a ULID');
export type BinNmuId = t.TypeOf<typeof BinNmuId>;

/** `UPLOAD-ARCHITECTURE`; `UPLOAD-all` does not occur: arch-indep packages are built on one architecture. */
export const BuildId = text('BuildId', /^[0-9A-HJKMNP-TV-Z]{26}-[a-z0-9][a-z0-9-]{1,31}$/, 'UPLOAD-ARCHITECTURE');
export type BuildId = t.TypeOf<typeof BuildId>;

export const buildId = (upload: UploadId, architecture: string): BuildId => `${upload}-${architecture}` as BuildId;

/** Ids of uploads are all of one length. */
const uploadIdLength = 26;

/** Whose build or check it is, by its id. */
export const uploadOfBuild = (id: BuildId | CheckId): UploadId => id.slice(0, uploadIdLength) as UploadId;

/** What a build is for, by its id; empty for what is none. */
export const architectureOfBuild = (build: string): Architecture => build.slice(uploadIdLength + 1) as Architecture;

/** `BUILD-TOOL`: one tool's look at what one build made. */
export const CheckId = text('CheckId', /^[0-9A-HJKMNP-TV-Z]{26}-[a-z0-9][a-z0-9-]{1,31}-[a-z]+$/, 'BUILD-TOOL');
export type CheckId = t.TypeOf<typeof CheckId>;

export const checkId = (build: BuildId, tool: string): CheckId => `${build}-${tool}` as CheckId;

/** A throw-away session: what it is for, as `ULID-WORDS`. */
export const SessionId = text('SessionId', /^[0-9A-HJKMNP-TV-Z]{26}-[a-z0-9][a-z0-9-]{1,63}$/, 'ULID-WORDS');
export type SessionId = t.TypeOf<typeof SessionId>;

/** `ULID-DISTRIBUTION`: one wish (a command, or an upload with `auto-ports`) may name several distributions. */
export const PortId = text(
  'PortId',
  /^[0-9A-HJKMNP-TV-Z]{26}-[a-z][a-z0-9]{1,31}-[a-z0-9]{1,32}-[a-z][a-z0-9]{1,31}$/,
  'ULID-DISTRIBUTION',
);
export type PortId = t.TypeOf<typeof PortId>;

export const portId = (wish: string, to: string): PortId => `${wish}-${to}` as PortId;

export const wishOfPort = (port: PortId): UploadId => port.slice(0, uploadIdLength) as UploadId;

/** Id of one event: a UUID, as every event store wants it. Events refer to events by it. */
export const EventId = text('EventId', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID');
export type EventId = t.TypeOf<typeof EventId>;

/** `<concept>-<identity>`: the unit of one decision. */
export const StreamName = text(
  'StreamName',
  /^[a-z]+(?:-[A-Za-z0-9+.~_:-]{1,220})?$/,
  '<concept>-<identity>, at most 250 characters',
);
export type StreamName = t.TypeOf<typeof StreamName>;

/**
 * Who did it. `name` is a fingerprint, an account, a remote, or the duty's name; never a person's
 * name or address (those stand in the store of personal data).
 */
export const Actor = t.strict(
  {
    kind: t.keyof({ key: null, account: null, remote: null, duty: null, anonymous: null, administrator: null }),
    name: t.string,
  },
  'Actor',
);
export type Actor = t.TypeOf<typeof Actor>;
