import * as t from 'io-ts';
import { Count, Instant } from '../codec.ts';
import { Fingerprint, Sha256 } from '../debian/names.ts';
import { EventId } from '../ids.ts';

/**
 * The log up to an event, under signature: who keeps the checkpoint sees later whether anything before that was changed. Each seal stands for
 * the events since the one before, and by `previous` for that one and all before it.
 */
export const LogSealed = t.strict(
  {
    type: t.literal('LogSealed'),
    /** Counted from 1, without a gap. */
    seal: Count,
    sealedAt: Instant,
    /** The events it adds to those of the seal before, by their place in the log, counted from 1. */
    first: Count,
    last: Count,
    /** The event at `last`. */
    upTo: EventId,
    /** Over the lines of these events, in order. */
    sha256: Sha256,
    /** Over the checkpoint of the seal before. */
    previous: t.union([Sha256, t.null]),
    signedBy: t.readonlyArray(Fingerprint),
    /** All of this as a text, clearsigned: what is published. */
    checkpoint: t.string,
  },
  'LogSealed',
);
export type LogSealed = t.TypeOf<typeof LogSealed>;
