import type { Member } from './eventstore-server/gossip-call.ts';
import { storedEvents } from './eventstore-server/stored-events.ts';
import { type EventStoreServer, type EventStoreServerOptions, startEventStoreServer } from './eventstore-server.ts';

/** Nodes that hold the same events, one of them leading. */
export type EventStoreCluster = {
  readonly connectionString: string;
  readonly nodes: readonly EventStoreServer[];
  readonly leader: () => EventStoreServer | undefined;
  /** From now on this node leads; the one that did lives on as a follower. `undefined`: none, they elect. */
  readonly elect: (node: number | undefined) => void;
  /** From now on followers answer what they have now. */
  readonly fallBehind: () => void;
  /** The leader is gone, and nobody leads until `elect`. */
  readonly loseLeader: () => void;
  readonly stop: () => Promise<void>;
};

export const startEventStoreCluster = async (
  size: number,
  options: Pick<EventStoreServerOptions, 'now' | 'tls'> = {},
): Promise<EventStoreCluster> => {
  const events = storedEvents(options.now ?? Date.now);
  const nodes: EventStoreServer[] = [];
  const dead = new Set<EventStoreServer>();
  let leading: number | undefined = 0;
  let replicated = Number.POSITIVE_INFINITY;
  const leader = (): EventStoreServer | undefined => (leading === undefined ? undefined : nodes[leading]);
  const members = (): readonly Member[] =>
    nodes.map((node) => ({
      port: node.port,
      state: dead.has(node) ? 'dead' : node === leader() ? 'leader' : 'follower',
    }));
  const cluster: EventStoreServerOptions['cluster'] = {
    leader: (asked) => {
      const port = leader()?.port;
      return port === undefined ? undefined : { isHere: port === asked, port };
    },
    members,
    reach: (asked) => (leader()?.port === asked ? Number.POSITIVE_INFINITY : replicated),
  };
  while (nodes.length < size) nodes.push(await startEventStoreServer({ ...options, events, cluster }));
  const [first] = nodes;
  const query = first?.connectionString.split('?')[1];

  return {
    connectionString: `esdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?${query}`,
    nodes,
    leader,
    elect: (node) => {
      leading = node;
    },
    fallBehind: () => {
      replicated = events.all.length;
    },
    loseLeader: () => {
      const lost = leader();
      leading = undefined;
      if (lost === undefined) return;
      dead.add(lost);
      lost.network.refuse();
    },
    stop: async () => {
      for (const node of nodes) await node.stop();
    },
  };
};
