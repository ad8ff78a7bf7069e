import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import * as grpc from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { BeforeAnswer } from './append-call.ts';
import { proposedEvent, streamName, uuidText } from './messages.ts';
import {
  type AppendOutcome,
  type Expectation,
  exceedsAppend,
  mostAppended,
  type ProposedEvent,
  type StoredEvents,
} from './stored-events.ts';

type Batch = { readonly options: streams.BatchAppendReq.Options | undefined; readonly events: ProposedEvent[] };

/** `BatchAppend`: one long call, on which appends come in parts under a correlation id and are answered under the same. */
export const batchAppendCall =
  (
    events: StoredEvents,
    beforeAnswer: BeforeAnswer,
  ): grpc.handleBidiStreamingCall<streams.BatchAppendReq, streams.BatchAppendResp> =>
  (call) => {
    const batches = new Map<string, Batch>();
    call.on('data', (request: streams.BatchAppendReq) => {
      const id = uuidText(request.getCorrelationId());
      const batch = batches.get(id) ?? { options: request.getOptions(), events: [] };
      batches.set(id, batch);
      batch.events.push(...request.getProposedMessagesList().map(proposedEvent));
      if (!request.getIsFinal()) return;
      batches.delete(id);
      if (exceedsAppend(batch.events)) {
        call.write(answerTo(request, batch.options).setError(tooLarge()));
        return;
      }
      const expected = expectation(batch.options);
      const outcome = events.append(streamName(batch.options?.getStreamIdentifier()), expected, batch.events);
      if (beforeAnswer()) call.write(response(request, batch.options, outcome, expected));
    });
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  };

const expectation = (options: streams.BatchAppendReq.Options | undefined): Expectation => {
  if (options === undefined || options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  return Number(options.getStreamPosition());
};

const answerTo = (
  request: streams.BatchAppendReq,
  options: streams.BatchAppendReq.Options | undefined,
): streams.BatchAppendResp =>
  new streams.BatchAppendResp()
    .setCorrelationId(request.getCorrelationId())
    .setStreamIdentifier(options?.getStreamIdentifier());

const tooLarge = (): status.Status => {
  const message = new shared.MaximumAppendSizeExceeded().setMaxappendsize(mostAppended);
  const details = new any.Any();
  details.pack(message.serializeBinary(), 'event_store.client.MaximumAppendSizeExceeded');
  return new status.Status()
    .setCode(grpc.status.INVALID_ARGUMENT as number)
    .setMessage('Maximum Append Size Exceeded')
    .setDetails(details);
};

const response = (
  request: streams.BatchAppendReq,
  options: streams.BatchAppendReq.Options | undefined,
  outcome: AppendOutcome,
  expected: Expectation,
): streams.BatchAppendResp => {
  const message = answerTo(request, options);
  if (!outcome.accepted) return message.setError(wrong(outcome.current, expected));
  const position = new shared.AllStreamPosition()
    .setCommitPosition(String(outcome.position))
    .setPreparePosition(String(outcome.position));
  const success = new streams.BatchAppendResp.Success()
    .setCurrentRevision(String(outcome.revision))
    .setPosition(position);
  return message.setSuccess(success);
};

const wrong = (current: number | undefined, expected: Expectation): status.Status => {
  const message = new shared.WrongExpectedVersion();
  if (current === undefined) message.setCurrentNoStream(new empty.Empty());
  else message.setCurrentStreamRevision(String(current));
  if (expected === 'any') message.setExpectedAny(new empty.Empty());
  else if (expected === 'no-stream') message.setExpectedNoStream(new empty.Empty());
  else if (expected === 'stream-exists') message.setExpectedStreamExists(new empty.Empty());
  else message.setExpectedStreamPosition(String(expected));
  const details = new any.Any();
  details.pack(message.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  return new status.Status()
    .setCode(grpc.status.FAILED_PRECONDITION as number)
    .setMessage('WrongExpectedVersion')
    .setDetails(details);
};
