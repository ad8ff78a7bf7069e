import * as t from 'io-ts';
import { type Instant, text } from '../../domain/codec.ts';
import { eventCodecs } from '../../domain/event.ts';
import { StreamName } from '../../domain/ids.ts';
import { Moment } from '../../domain/moment.ts';
import type { Position } from '../../ports/event-log.ts';
import { orNothing } from './arguments.ts';
import type { ArgumentOf } from './command.ts';

/** An option that may be left out. */
export const maybe = <A extends string>(
  codec: t.Type<A, string, unknown>,
  summary: string,
  short?: string,
): ArgumentOf<A | undefined> => ({
  codec: orNothing(codec),
  positional: false,
  short,
  fallback: '',
  summary,
});

export const maybeMoment = (summary: string): ArgumentOf<Instant | undefined> => maybe(Moment, summary);

/** What an actor is called in the log: an account, the fingerprint of a key, a remote, a duty. */
export const ActorName = text('ActorName', /^[\x21-\x7e]{1,256}$/, 'at most 256 printable characters without spaces');

export const EventTypeName = text(
  'EventType',
  /^(?:[A-Z][A-Za-z]{1,63})$/,
  `a kind of event, such as ${Object.keys(eventCodecs).slice(0, 3).join(', ')}`,
);

/** What one upload or command began is told by one word. */
export const Chain = text('Chain', /^[\x21-\x7e]{1,256}$/, 'at most 256 printable characters without spaces');

export const maybeStream = (summary: string): ArgumentOf<StreamName | undefined> => maybe(StreamName, summary);

/** As an answer gave it to go on with. */
export const PlaceInLog = new t.Type<Position, string, unknown>(
  'Position',
  (input): input is Position => typeof input === 'string',
  (input, context) =>
    typeof input === 'string' && /^[A-Za-z0-9._:@/-]{1,100}$/.test(input)
      ? t.success(input as Position)
      : t.failure(input, context, 'as "next" of an earlier answer gave it'),
  String,
);

/** Rows of one answer. */
export const rows = (most: number, usual: number): ArgumentOf<number> => ({
  codec: new t.Type<number, string, unknown>(
    'Rows',
    (input): input is number => typeof input === 'number',
    (input, context) =>
      /^[1-9]\d{0,3}$/.test(String(input)) && Number(input) <= most
        ? t.success(Number(input))
        : t.failure(input, context, `a whole number from 1 to ${most}`),
    String,
  ),
  positional: false,
  short: 'l',
  fallback: String(usual),
  summary: `Rows of the answer, at most ${most}`,
});
