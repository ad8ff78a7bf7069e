import type { Socket } from 'node:net';
import { plainAddress } from './address.ts';
import { answer } from './commands.ts';
import type { Door } from './door.ts';
import { readLines } from './line-reader.ts';
import { asksForTls, mayTurnToTls } from './protection.ts';
import type { ControlConnection } from './quiet-server.ts';
import { type Reply, reply } from './reply.ts';
import type { Session } from './session.ts';

/** Commands a client may send ahead of our answers; more than any client does. */
const ahead = 64;

/** Replies after which nothing more is said. */
const farewells: readonly number[] = [221, 421];

/** How long a client may take to close its side after our goodbye. Milliseconds. */
const farewell = 1_000;

/**
 * Serves one client until he leaves. Commands are answered in turn, also those sent during a transfer, but for ABOR,
 * which ends the transfer at once. A client who leaves without QUIT takes an unfinished transfer with him; after QUIT
 * he may close his side, and what he began is finished.
 */
export const serveSession = (connection: ControlConnection, door: Door, left: () => void): Session => {
  const plain = connection.commandSocket;
  let turn: Promise<void> = Promise.resolve();
  let waiting = 0;
  let quitting = false;
  let parting = false;

  const session: Session = {
    connection,
    local: plainAddress(plain.localAddress),
    peer: plainAddress(plain.remoteAddress),
    welcome: false,
    directory: '/',
    tls: undefined,
    channel: undefined,
    transfer: undefined,
    begun: 0,
    part: async ({ code, text }) => {
      if (parting) return;
      parting = true;
      session.channel?.close();
      setTimeout(() => plain.destroy(), farewell).unref();
      await connection.reply(code, text);
      connection.commandSocket.end();
    },
    settled: () => turn,
  };

  const idle = setTimeout(() => {
    if (session.transfer !== undefined) idle.refresh();
    else void session.part(reply(421, `nothing was said for ${door.limits.idle / 1000} seconds: connect again`));
  }, door.limits.idle);

  const obey = async (line: string): Promise<void> => {
    waiting -= 1;
    if (parting || plain.destroyed) return;
    const said = await answer(session, line, door).catch((error: unknown): Reply => {
      door.log.error({ err: error, session: connection.id }, 'an FTP command failed');
      return reply(451, 'something failed here: try again later');
    });
    if (said !== undefined && farewells.includes(said.code)) await session.part(said);
    else if (said !== undefined) await connection.reply(said.code, said.text);
    idle.refresh();
  };

  /** Reads commands, until an AUTH that may be taken: whether what follows it is TLS is known when it is answered. */
  const listen = (socket: Socket): void => {
    const hush = readLines(socket, door.limits.line, {
      line: (line) => {
        if (parting) return;
        idle.refresh();
        waiting += 1;
        if (waiting > ahead) return void session.part(reply(421, 'too many commands at once: wait for the answers'));
        if (/^ABOR$/i.test(line)) session.transfer?.abort(reply(426, 'aborted as you asked, nothing was kept'));
        if (/^QUIT$/i.test(line)) quitting = true;
        turn = turn.then(() => obey(line));
        if (!asksForTls.test(line) || !mayTurnToTls(session, door)) return;
        hush();
        socket.off('end', hungUp);
        turn = turn.then(() => {
          listen(connection.commandSocket);
          connection.commandSocket.resume();
        });
      },
      tooLong: () => void session.part(reply(500, `no command is longer than ${door.limits.line} bytes: goodbye`)),
    });
    socket.once('end', hungUp);
  };
  const lost = (): void => session.transfer?.abort(reply(426, 'the control connection was lost, nothing was kept'));
  const hungUp = (): void => {
    if (quitting) return;
    lost();
    plain.destroy();
  };
  plain.removeAllListeners('data');
  plain.allowHalfOpen = true;
  plain.setNoDelay(true);
  listen(plain);
  plain.once('close', () => {
    parting = true;
    clearTimeout(idle);
    lost();
    session.channel?.close();
    void turn.then(left);
  });
  return session;
};
