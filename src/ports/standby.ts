import type { Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { KeptPath } from '../domain/backup/manifest.ts';
import { Count } from '../domain/codec.ts';
import { FileName, Sha256 } from '../domain/debian/names.ts';
import type { NodeName } from '../domain/node/events.ts';
import type { Refusal } from '../domain/refusal.ts';

/**
 * What the archive asks of its standby: to have a file of the store, or one of incoming, as it has it itself, or not to have it any more. Done again
 * each of them changes nothing.
 */
export const StandbyTask = t.union([
  t.strict({ task: t.literal('keep-file'), sha256: Sha256 }),
  t.strict({ task: t.literal('remove-file'), sha256: Sha256 }),
  /** `receivedAt` by the clock of the archive: whoever takes over holds it against what is recorded. */
  t.strict({ task: t.literal('keep-incoming'), sha256: Sha256, name: FileName, receivedAt: t.number }),
  t.strict({ task: t.literal('drop-incoming'), sha256: Sha256, name: FileName }),
]);
export type StandbyTask = t.TypeOf<typeof StandbyTask>;

/** `id` is given once, by one life of the archive. Tasks about one file are to be done in their order. */
export const StandbyOrder = t.intersection([t.strict({ id: t.string }), StandbyTask]);
export type StandbyOrder = t.TypeOf<typeof StandbyOrder>;

/** How a standby catches up: what came, for how long already (`ms`), and how many bytes are left. */
const Copying = t.strict({ came: Count, bytes: t.number, left: t.number, ms: t.number });

/** How a standby stands. `missing`: how many files the log names that it has not. */
export const StandbyReport = t.intersection([
  t.strict({
    missing: Count,
    /** The tag of the keys and people that it has. */
    kept: t.union([t.string, t.null]),
    /** Orders that it is carrying out. */
    busy: t.readonlyArray(t.string),
  }),
  /** Earlier ones say nothing of it. */
  t.exact(t.partial({ copying: Copying })),
]);
export type StandbyReport = t.TypeOf<typeof StandbyReport>;

export const StandbyOrders = t.strict({
  orders: t.readonlyArray(StandbyOrder),
  /** The tag of the keys and people as they are at the archive. */
  kept: t.string,
});
export type StandbyOrders = t.TypeOf<typeof StandbyOrders>;

/** What became of orders: `failed` says why, for the administrator, of those that could not be carried out. */
export const StandbyDone = t.strict({
  done: t.readonlyArray(t.string),
  failed: t.readonlyArray(t.strict({ id: t.string, fact: t.string })),
});
export type StandbyDone = t.TypeOf<typeof StandbyDone>;

/** Keys, people and hooks at one moment, in base64; whoever has the same tag has the same. Secret. */
export const KeptThings = t.strict({
  tag: t.string,
  files: t.readonlyArray(t.strict({ path: KeptPath, mode: t.number, bytes: t.string })),
});
export type KeptThings = t.TypeOf<typeof KeptThings>;

/** Nothing may be said to be safe now: the standby is required, and is not there or could not take it. Asked again later it may be otherwise. */
export class StandbyAway extends Error {}

/** What a standby shows itself to, at the archive. */
export interface StandbySeat {
  /** Hears how it stands; resolves soon, at the latest after some seconds, with what it is to do. One at a time has the seat. */
  readonly hear: (node: NodeName, report: StandbyReport) => Promise<Either<Refusal, StandbyOrders>>;
  readonly heardDone: (node: NodeName, done: StandbyDone) => void;
  readonly kept: () => Promise<KeptThings>;
}

/** The way from a standby to whoever holds the archive. */
export interface StandbyLink {
  readonly report: (report: StandbyReport) => Promise<StandbyOrders>;
  readonly done: (done: StandbyDone) => Promise<void>;
  readonly kept: () => Promise<KeptThings>;
  /** Ends what is under way. */
  readonly close: () => void;
}
