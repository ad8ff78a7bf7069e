import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import * as grpc from '@grpc/grpc-js';
import { appendCall } from './eventstore-server/append-call.ts';
import { batchAppendCall } from './eventstore-server/batch-append-call.ts';
import type { Doorway } from './eventstore-server/doorway.ts';
import { openDoorway } from './eventstore-server/doorway.ts';
import { readCall } from './eventstore-server/read-call.ts';
import type { StoredEvents } from './eventstore-server/stored-events.ts';
import { storedEvents } from './eventstore-server/stored-events.ts';

/**
 * An EventStoreDB of one test: the streams part of protocol v1 on the client's own generated stubs, with its data in memory.
 * It keeps what a real one promises: revisions, wrong expected versions, repeats recognised by event id, `$all` with filters
 * and checkpoints, catch-up and live subscriptions.
 */
export type EventStoreServer = {
  readonly connectionString: string;
  readonly events: StoredEvents;
  readonly network: Omit<Doorway, 'port' | 'close'>;
  /** The next append is done, and the connection cut before its answer. */
  readonly loseNextAnswer: () => void;
  /** The next append is not done, and answered with this gRPC status. */
  readonly failNextAppend: (failure: Partial<grpc.StatusObject>) => void;
  readonly appendCalls: () => { readonly plain: number; readonly batch: number };
  readonly stop: () => Promise<void>;
};

export type EventStoreServerOptions = {
  /** Whether the server says that it knows BatchAppend; the client then prefers it. */
  readonly announcesBatchAppend?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

export const startEventStoreServer = async ({
  announcesBatchAppend = true,
  now = Date.now,
}: EventStoreServerOptions = {}): Promise<EventStoreServer> => {
  const events = storedEvents(now);
  const calls = { plain: 0, batch: 0 };
  let losing = false;
  let failure: Partial<grpc.StatusObject> | undefined;

  const beforeAnswer = (): boolean => {
    if (!losing) return true;
    losing = false;
    network.cut();
    return false;
  };
  const append = appendCall(events, beforeAnswer);
  const batchAppend = batchAppendCall(events, beforeAnswer);
  const streamCalls: streamsService.IStreamsServer = {
    read: readCall(events),
    append: (call, answer) => {
      calls.plain += 1;
      const failing = failure;
      failure = undefined;
      if (failing === undefined) append(call, answer);
      else answer(failing);
    },
    batchAppend: (call) => {
      calls.batch += 1;
      batchAppend(call);
    },
    delete: (_call, answer) => answer(unimplemented),
    tombstone: (_call, answer) => answer(unimplemented),
  };
  const featureCalls: featuresService.IServerFeaturesServer = {
    getSupportedMethods: (_call, answer) => answer(null, supportedMethods(announcesBatchAppend)),
  };
  const server = new grpc.Server();
  server.addService(streamsService.StreamsService, streamCalls);
  server.addService(featuresService.ServerFeaturesService, featureCalls);
  const network = await openDoorway(await bind(server));

  return {
    connectionString: `esdb://127.0.0.1:${network.port}?tls=false`,
    events,
    network,
    loseNextAnswer: () => {
      losing = true;
    },
    failNextAppend: (status) => {
      failure = status;
    },
    appendCalls: () => calls,
    stop: async () => {
      server.forceShutdown();
      await network.close();
    },
  };
};

const bind = (server: grpc.Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });

const unimplemented = { code: grpc.status.UNIMPLEMENTED };

const supportedMethods = (batchAppend: boolean): features.SupportedMethods =>
  new features.SupportedMethods()
    .setEventStoreServerVersion('24.2.0.0')
    .setMethodsList(['read', 'append', ...(batchAppend ? ['batchappend'] : [])].map(supportedMethod));

const supportedMethod = (name: string): features.SupportedMethod =>
  new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name);
