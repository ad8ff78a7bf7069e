import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { DataChannel } from './data-channel.ts';

/** Speaks TLS as its server over a connection, of which nothing is read in plain from here on. */
export const overTls = (socket: Socket, secureContext: SecureContext): TLSSocket => {
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  secure.on('error', () => undefined);
  return secure;
};

/** Rejects, and the connection is closed, when the client speaks no TLS, none that we do, or does not get on in time. */
export const handshake = (secure: TLSSocket, patience: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => secure.destroy(), patience);
    secure.once('secure', () => {
      clearTimeout(timer);
      resolve();
    });
    secure.once('close', () => {
      clearTimeout(timer);
      reject(new Error('TLS did not come about'));
    });
  });

/** The same way, in TLS: we are its server, also where we called the client (RFC 4217 §7). */
export const privately = (channel: DataChannel, context: SecureContext, patience: number): DataChannel => ({
  connection: async () => {
    const socket = await channel.connection();
    // It would never close again, and the handshake be waited for.
    if (socket.destroyed) throw new Error('the client went away');
    const secure = overTls(socket, context);
    await handshake(secure, patience);
    // Clients wait for our goodbye before they look for 226, and who reads to the end closes without one.
    secure.once('end', () => secure.end());
    return secure;
  },
  close: channel.close,
});
