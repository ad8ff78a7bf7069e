import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/**
 * The network between client and server: a port that forwards every connection to `inner`, and can fail as networks
 * do. The server behind it lives on with its data.
 */
export type Doorway = {
  readonly port: number;
  /** Cuts every connection; new ones are let through. */
  readonly cut: () => void;
  /** Cuts every connection and refuses new ones, until `admit`. */
  readonly refuse: () => void;
  /** Connections stay and are made, but nothing comes through any more, until `cut` or `admit`. */
  readonly swallow: () => void;
  readonly admit: () => void;
  readonly close: () => Promise<void>;
};

export const openDoorway = async (inner: number): Promise<Doorway> => {
  let way: 'open' | 'refusing' | 'swallowing' = 'open';
  const sockets = new Set<Socket>();

  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes) => way === 'swallowing' || to.write(bytes));
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((outside) => {
    if (way === 'refusing') return outside.destroy();
    const inside = connect(inner, '127.0.0.1');
    forward(outside, inside);
    forward(inside, outside);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      if (way === 'swallowing') way = 'open';
      cut();
    },
    refuse: () => {
      way = 'refusing';
      cut();
    },
    swallow: () => {
      way = 'swallowing';
    },
    admit: () => {
      if (way === 'swallowing') cut();
      way = 'open';
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
};
