import { connect, createServer, type Server, type Socket } from 'node:net';
import { plainAddress } from './address.ts';

/** The way for the bytes of one transfer, agreed by PASV, EPSV, PORT or EPRT. */
export type DataChannel = {
  /** The connection to our client and nobody else; rejects when there is none in time. */
  readonly connection: () => Promise<Socket>;
  /** Frees port and connection. May be called at any time, also twice. */
  readonly close: () => void;
};

/** Inclusive; `0` to `0` is any free port. */
export type PortRange = { readonly from: number; readonly to: number };

/** Hands out the passive ports in turn. Rejects when all are in use. */
export const passivePorts = ({ from, to }: PortRange): ((host: string) => Promise<Server>) => {
  let next = from;
  return async (host) => {
    for (let tried = from; tried <= to; tried += 1) {
      const port = next;
      next = next >= to ? from : next + 1;
      const server = await listening(port, host);
      if (server !== undefined) return server;
    }
    throw new Error('every passive port is in use');
  };
};

/** `undefined` when another one has the port. */
const listening = (port: number, host: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true, noDelay: true });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ port, host, backlog: 8 }, () => resolve(server));
  });

/**
 * Waits at a passive port for our client. Somebody else who finds the port is sent away, and the wait goes on. The port
 * is free again once the client is there, has not come for `patience`, or `close` is called.
 */
export const passiveChannel = (server: Server, peer: string, patience: number): DataChannel => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  promise.catch(() => undefined);
  let arrived: Socket | undefined;
  const giveUp = (): void => {
    clearTimeout(timer);
    server.close();
    reject(new Error('nobody connected to the passive port'));
  };
  const timer = setTimeout(giveUp, patience);
  server.on('error', giveUp);
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    if (arrived !== undefined || plainAddress(socket.remoteAddress) !== peer) {
      socket.destroy();
      return;
    }
    arrived = socket;
    clearTimeout(timer);
    server.close();
    resolve(socket);
  });
  return {
    connection: () => promise,
    close: () => {
      giveUp();
      arrived?.destroy();
    },
  };
};

/** Connects to our client's own address once a transfer asks for it, from the address it knows us by. */
export const activeChannel = (peer: string, port: number, local: string, patience: number): DataChannel => {
  let socket: Socket | undefined;
  return {
    connection: () =>
      new Promise((resolve, reject) => {
        const calling = connect({ host: peer, port, localAddress: local, noDelay: true });
        socket = calling;
        const timer = setTimeout(() => calling.destroy(new Error('the client does not answer')), patience);
        calling.on('error', reject);
        calling.once('close', () => {
          clearTimeout(timer);
          reject(new Error('the client went away'));
        });
        calling.once('connect', () => {
          clearTimeout(timer);
          calling.pause();
          resolve(calling);
        });
      }),
    close: () => socket?.destroy(),
  };
};
