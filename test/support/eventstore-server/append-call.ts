import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import * as grpc from '@grpc/grpc-js';
import { exception } from './admission.ts';
import { proposedEvent, streamName } from './messages.ts';
import {
  type AppendOutcome,
  type Expectation,
  exceedsAppend,
  mostAppended,
  type ProposedEvent,
  type StoredEvents,
} from './stored-events.ts';

/** Stands between what the store did and the answer: false keeps the answer back. */
export type BeforeAnswer = () => boolean;

/** `Append`: the options first, then an event a message; the answer at the end. */
export const appendCall =
  (
    events: StoredEvents,
    beforeAnswer: BeforeAnswer,
  ): grpc.handleClientStreamingCall<streams.AppendReq, streams.AppendResp> =>
  (call, answer) => {
    let options: streams.AppendReq.Options | undefined;
    const proposed: ProposedEvent[] = [];
    call.on('data', (request: streams.AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) proposed.push(proposedEvent(message));
    });
    call.on('end', () => {
      if (exceedsAppend(proposed)) return answer(tooLarge());
      const expected = expectation(options);
      const outcome = events.append(streamName(options?.getStreamIdentifier()), expected, proposed);
      if (beforeAnswer()) answer(null, response(outcome, expected));
    });
    call.on('error', () => undefined);
  };

const tooLarge = (): Partial<grpc.StatusObject> => {
  const metadata = exception('maximum-append-size-exceeded');
  metadata.set('maximum-append-size', String(mostAppended));
  return { code: grpc.status.INVALID_ARGUMENT, details: `Maximum Append Size of ${mostAppended} Exceeded.`, metadata };
};

const expectation = (options: streams.AppendReq.Options | undefined): Expectation => {
  if (options === undefined || options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  return Number(options.getRevision());
};

const response = (outcome: AppendOutcome, expected: Expectation): streams.AppendResp => {
  if (!outcome.accepted) return new streams.AppendResp().setWrongExpectedVersion(wrong(outcome.current, expected));
  const position = new streams.AppendResp.Position()
    .setCommitPosition(String(outcome.position))
    .setPreparePosition(String(outcome.position));
  const success = new streams.AppendResp.Success().setCurrentRevision(String(outcome.revision)).setPosition(position);
  return new streams.AppendResp().setSuccess(success);
};

const wrong = (current: number | undefined, expected: Expectation): streams.AppendResp.WrongExpectedVersion => {
  const message = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) message.setCurrentNoStream(new shared.Empty());
  else message.setCurrentRevision(String(current));
  if (expected === 'any') return message.setExpectedAny(new shared.Empty());
  if (expected === 'no-stream') return message.setExpectedNoStream(new shared.Empty());
  if (expected === 'stream-exists') return message.setExpectedStreamExists(new shared.Empty());
  return message.setExpectedRevision(String(expected));
};
