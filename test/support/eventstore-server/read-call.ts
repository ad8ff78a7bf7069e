import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type * as grpc from '@grpc/grpc-js';
import { eventMessage, streamName } from './messages.ts';
import type { StoredEvent, StoredEvents } from './stored-events.ts';

type Call = grpc.ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Options = streams.ReadReq.Options;
type Wanted = (event: StoredEvent) => boolean;
type Send = (event: StoredEvent) => void;

/**
 * `Read`: of one stream or of `$all`, forwards or backwards, once or live; the filter is the server's. Each event is sent `copies` times: one,
 * unless the server is to be unreliable. Of all events a follower answers those in its `reach`.
 */
export const readCall =
  (
    events: StoredEvents,
    reach: () => number,
    copies: () => number,
    subscribed: (from: bigint | undefined) => void,
  ): grpc.handleServerStreamingCall<streams.ReadReq, streams.ReadResp> =>
  (call) => {
    call.on('error', () => undefined);
    const options = call.request.getOptions() ?? new streams.ReadReq.Options();
    const send: Send = (event) => {
      for (let copy = copies(); copy > 0; copy -= 1) call.write(eventMessage(event));
    };
    if (options.hasSubscription()) {
      const from = options.getAll()?.getPosition()?.getCommitPosition();
      subscribed(from === undefined ? undefined : BigInt(from));
      return subscribe(call, options, events, send);
    }
    const source = sourceOf(options, events);
    if (source === undefined) call.write(notFound(options));
    else for (const event of readOnce(options, source.filter(isWithin(events, reach())))) send(event);
    call.end();
  };

const sourceOf = (options: Options, events: StoredEvents): readonly StoredEvent[] | undefined => {
  const stream = options.getStream();
  return stream === undefined ? events.all : events.ofStream(streamName(stream.getStreamIdentifier()));
};

/** A follower answers what it has. */
const isWithin = ({ all }: StoredEvents, reach: number): Wanted => {
  const last = all[Math.min(reach, all.length) - 1];
  return ({ position }) => last !== undefined && position <= last.position;
};

const notFound = (options: Options): streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(options.getStream()?.getStreamIdentifier()),
  );

const readOnce = (options: Options, source: readonly StoredEvent[]): readonly StoredEvent[] => {
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const inReach = backwards ? source.filter(notAfter(options)).toReversed() : source.filter(notBefore(options));
  return inReach.filter(wantedOf(options)).slice(0, Number(options.getCount()));
};

/** Forwards, the start is the first event read, of a stream and of `$all`. */
const notBefore = (options: Options): Wanted => {
  const [stream, all] = [options.getStream(), options.getAll()];
  if (stream?.hasEnd() || all?.hasEnd()) return () => false;
  if (stream?.hasRevision()) return ({ revision }) => revision >= Number(stream.getRevision());
  const position = all?.getPosition();
  return position === undefined ? () => true : (event) => event.position >= BigInt(position.getCommitPosition());
};

/** Backwards, a revision is the first event read; a position is where the record before it ends, so what stands at it is not read. */
const notAfter = (options: Options): Wanted => {
  const [stream, all] = [options.getStream(), options.getAll()];
  if (stream?.hasStart()) return ({ revision }) => revision === 0;
  if (all?.hasStart()) return () => false;
  if (stream?.hasRevision()) return ({ revision }) => revision <= Number(stream.getRevision());
  const position = all?.getPosition();
  return position === undefined ? () => true : (event) => event.position < BigInt(position.getCommitPosition());
};

const wantedOf = (options: Options): Wanted => {
  const filter = options.getFilter();
  const expression = filter?.getEventType() ?? filter?.getStreamIdentifier();
  if (filter === undefined || expression === undefined) return () => true;
  const subject = (event: StoredEvent): string => (filter.hasEventType() ? event.type : event.stream);
  if (expression.getRegex() === '')
    return (event) => expression.getPrefixList().some((prefix) => subject(event).startsWith(prefix));
  const pattern = new RegExp(expression.getRegex(), 'u');
  return (event) => pattern.test(subject(event));
};

/** Catches up, says so, and goes on live. A checkpoint tells how far a filter has come that lets little through. */
const subscribe = (call: Call, options: Options, events: StoredEvents, send: Send): void => {
  const wanted = wantedOf(options);
  const every = checkpointEvery(options);
  let next = firstOf(options, events);
  let caughtUp = false;
  const advance = (): void => {
    for (const source = sourceOf(options, events) ?? []; next < source.length; next += 1) {
      const event = source[next] as StoredEvent;
      if (wanted(event)) send(event);
      if ((next + 1) % every === 0) call.write(checkpoint(event));
    }
    if (!caughtUp) call.write(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    caughtUp = true;
  };
  call.write(confirmation());
  const silence = events.onAppended(advance);
  call.on('cancelled', () => {
    silence();
    call.end();
  });
  advance();
};

/** A subscription begins after its start: the start has been seen. */
const firstOf = (options: Options, events: StoredEvents): number => {
  const source = sourceOf(options, events) ?? [];
  const [stream, all] = [options.getStream(), options.getAll()];
  if (stream?.hasEnd() || all?.hasEnd()) return source.length;
  if (stream?.hasRevision()) return Number(stream.getRevision()) + 1;
  const position = all?.getPosition();
  if (position === undefined) return 0;
  const first = source.findIndex((event) => event.position > BigInt(position.getCommitPosition()));
  return first === -1 ? source.length : first;
};

const checkpointEvery = (options: Options): number => {
  const filter = options.getFilter();
  if (filter === undefined) return Number.POSITIVE_INFINITY;
  return (filter.hasMax() ? filter.getMax() : 32) * Math.max(1, filter.getCheckpointintervalmultiplier());
};

const checkpoint = ({ position }: StoredEvent): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
  );

const confirmation = (): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()),
  );
