import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import * as grpc from '@grpc/grpc-js';
import type { Certificate } from './certificates.ts';
import { admission, type Leader, type Users } from './eventstore-server/admission.ts';
import { appendCall } from './eventstore-server/append-call.ts';
import { batchAppendCall } from './eventstore-server/batch-append-call.ts';
import type { Doorway } from './eventstore-server/doorway.ts';
import { openDoorway } from './eventstore-server/doorway.ts';
import { gossipCall, type Member } from './eventstore-server/gossip-call.ts';
import { readCall } from './eventstore-server/read-call.ts';
import type { StoredEvents } from './eventstore-server/stored-events.ts';
import { storedEvents } from './eventstore-server/stored-events.ts';

/**
 * An EventStoreDB of one test: the streams part of protocol v1 on the client's own generated stubs, with its data in memory.
 * It keeps what a real one promises: revisions, wrong expected versions, repeats recognised by event id, `$all` with filters
 * and checkpoints, catch-up and live subscriptions, users over TLS, and gossip.
 */
export type EventStoreServer = {
  readonly connectionString: string;
  readonly port: number;
  readonly events: StoredEvents;
  readonly network: Omit<Doorway, 'port' | 'close'>;
  /** The next append is done, and the connection cut before its answer. */
  readonly loseNextAnswer: () => void;
  /** The next append is not done, and answered with this gRPC status. */
  readonly failNextAppend: (failure: Partial<grpc.StatusObject>) => void;
  /** Every event is sent twice from now on. */
  readonly answerTwice: () => void;
  readonly appendCalls: () => { readonly plain: number; readonly batch: number };
  /** After which position of `$all` each subscription began. */
  readonly subscriptions: readonly (bigint | undefined)[];
  readonly stop: () => Promise<void>;
};

export type EventStoreServerOptions = {
  /** Whether the server says that it knows BatchAppend; the client then prefers it. */
  readonly announcesBatchAppend?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** What it stores; nodes of a cluster share it. */
  readonly events?: StoredEvents;
  /** With a certificate it speaks TLS only, and only to its users; `clients` is who it wants certificates of clients from. */
  readonly tls?: { readonly server: Certificate; readonly clients?: Certificate; readonly users: Users };
  /** Its cluster; without one it is alone, and the leader. */
  readonly cluster?: {
    readonly leader: (port: number) => Leader;
    readonly members: () => readonly Member[];
    /** How many of the events a node has. */
    readonly reach: (port: number) => number;
  };
};

export const startEventStoreServer = async ({
  announcesBatchAppend = true,
  now = Date.now,
  events = storedEvents(now),
  tls,
  cluster,
}: EventStoreServerOptions = {}): Promise<EventStoreServer> => {
  const calls = { plain: 0, batch: 0 };
  let losing = false;
  let failure: Partial<grpc.StatusObject> | undefined;
  let copies = 1;
  const subscriptions: (bigint | undefined)[] = [];

  const beforeAnswer = (): boolean => {
    if (!losing) return true;
    losing = false;
    network.cut();
    return false;
  };
  const admit = admission(tls?.users, () => cluster?.leader(network.port) ?? (cluster ? undefined : alone));
  const append = appendCall(events, beforeAnswer);
  const batchAppend = batchAppendCall(events, beforeAnswer);
  const read = readCall(
    events,
    () => cluster?.reach(network.port) ?? Number.POSITIVE_INFINITY,
    () => copies,
    (from) => subscriptions.push(from),
  );
  const streamCalls: streamsService.IStreamsServer = {
    read: (call) => {
      const refused = admit(call.metadata, 'read');
      if (refused === undefined) read(call);
      else call.emit('error', refused);
    },
    append: (call, answer) => {
      calls.plain += 1;
      const failing = failure ?? admit(call.metadata, 'append');
      failure = undefined;
      if (failing === undefined) append(call, answer);
      else answer(failing);
    },
    batchAppend: (call) => {
      calls.batch += 1;
      const refused = admit(call.metadata, 'append');
      if (refused === undefined) batchAppend(call);
      else call.emit('error', refused);
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
  const members = (): readonly Member[] => cluster?.members() ?? [{ port: network.port, state: 'leader' }];
  server.addService(gossipService.GossipService, { read: gossipCall(members) });
  const network = await openDoorway(await bind(server, tls));

  return {
    connectionString: `esdb://127.0.0.1:${network.port}${tls === undefined ? '?tls=false' : `?tlsCAFile=${encodeURIComponent(tls.server.certificateFile)}`}`,
    port: network.port,
    events,
    network,
    loseNextAnswer: () => {
      losing = true;
    },
    failNextAppend: (status) => {
      failure = status;
    },
    answerTwice: () => {
      copies = 2;
    },
    appendCalls: () => calls,
    subscriptions,
    stop: async () => {
      server.forceShutdown();
      await network.close();
    },
  };
};

const alone: Leader = { isHere: true, port: 0 };

const bind = (server: grpc.Server, tls: EventStoreServerOptions['tls']): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials(tls), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });

const credentials = (tls: EventStoreServerOptions['tls']): grpc.ServerCredentials =>
  tls === undefined
    ? grpc.ServerCredentials.createInsecure()
    : grpc.ServerCredentials.createSsl(
        tls.clients?.certificate ?? null,
        [{ private_key: tls.server.key, cert_chain: tls.server.certificate }],
        tls.clients !== undefined,
      );

const unimplemented = { code: grpc.status.UNIMPLEMENTED };

const supportedMethods = (batchAppend: boolean): features.SupportedMethods =>
  new features.SupportedMethods()
    .setEventStoreServerVersion('24.2.0.0')
    .setMethodsList(['read', 'append', ...(batchAppend ? ['batchappend'] : [])].map(supportedMethod));

const supportedMethod = (name: string): features.SupportedMethod =>
  new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name);
