import type { AddressInfo } from 'node:net';
import type { Incoming, IncomingDoor } from '../../ports/incoming.ts';
import { plainAddress, visitor } from './address.ts';
import { type PortRange, passivePorts } from './data-channel.ts';
import type { Door, Log, Tls } from './door.ts';
import type { Limits } from './limits.ts';
import { type ControlConnection, type QuietServer, quietServer } from './quiet-server.ts';
import { reply } from './reply.ts';
import { serveSession } from './serve-session.ts';
import type { Session } from './session.ts';

export type FtpIncomingOptions = {
  /** `::` is every address of both families. */
  readonly host: string;
  /** `0` is any free port. */
  readonly port: number;
  readonly passivePorts: PortRange;
  readonly limits: Limits;
  /** Where files go. */
  readonly incoming: IncomingDoor;
  readonly log: Log;
  /** Why nobody is let in at present, asked each time; transfers under way end well. */
  readonly closed?: () => string | undefined;
  readonly tls?: Tls | undefined;
};

/** Serves FTP in front of incoming. */
export const ftpIncoming = async (options: FtpIncomingOptions): Promise<Incoming> => {
  const { limits, incoming, log, closed = () => undefined, tls } = options;
  const closing = new AbortController();
  const door: Door = {
    limits,
    incoming,
    passivePort: passivePorts(options.passivePorts),
    log,
    closed: () => (closing.signal.aborted ? 'the server is closing: upload again later' : closed()),
    tls,
  };
  const sessions = new Map<Session, Promise<void>>();
  const server = await listening(options.host, options.port);

  server.on('connect', ({ connection }) => {
    // The library's own list is for its `close`, which waits on timers of its own; ours is `sessions`.
    delete server.connections[connection.id];
    const refused = door.closed() ?? crowd(sessions, connection, limits);
    if (refused !== undefined) {
      log.warn({ refused }, 'an FTP session was refused');
      return sendAway(connection, refused);
    }
    const gone = Promise.withResolvers<void>();
    const session = serveSession(connection, door, () => {
      sessions.delete(session);
      gone.resolve();
    });
    sessions.set(session, gone.promise);
  });
  // Above what is refused in words, connections are dropped by the kernel's side of us.
  server.server.maxConnections = limits.sessions * 2 + 16;

  return {
    port: (server.server.address() as AddressInfo).port,
    sessions: () => sessions.size,
    close: async () => {
      closing.abort();
      server.server.close();
      await bounded(limits.closing, leaveInPeace(sessions));
      await bounded(1_000, cutOff(sessions));
    },
  };
};

/** `::` needs IPv6; a machine without it serves IPv4. */
const listening = async (host: string, port: number): Promise<QuietServer> => {
  const server = quietServer(host, port);
  try {
    await server.listen();
    return server;
  } catch (error) {
    if (host === '::' && (error as NodeJS.ErrnoException).code === 'EAFNOSUPPORT') return listening('0.0.0.0', port);
    throw error;
  }
};

/** Why there is no place for one more session, if so. */
const crowd = (
  sessions: ReadonlyMap<Session, unknown>,
  connection: ControlConnection,
  limits: Limits,
): string | undefined => {
  if (sessions.size >= limits.sessions) return `${limits.sessions} sessions are open already: try again in a minute`;
  const who = visitor(plainAddress(connection.commandSocket.remoteAddress));
  const same = [...sessions.keys()].filter(({ peer }) => visitor(peer) === who).length;
  if (same < limits.sessionsPerAddress) return undefined;
  return `${limits.sessionsPerAddress} sessions from your address are open already: end one of them first`;
};

const sendAway = ({ commandSocket: socket }: ControlConnection, why: string): void => {
  socket.removeAllListeners('data');
  socket.end(`421 ${why}\r\n`);
  setTimeout(() => socket.destroy(), 1_000).unref();
};

/** Says goodbye to every session that has no transfer under way, and to the others once it ends. */
const leaveInPeace = async (sessions: ReadonlyMap<Session, Promise<void>>): Promise<void> => {
  const goodbye = reply(421, 'the server is closing: upload again later');
  await Promise.all(
    [...sessions].map(async ([session, gone]) => {
      await session.settled();
      await session.part(goodbye);
      await gone;
    }),
  );
};

const cutOff = async (sessions: ReadonlyMap<Session, Promise<void>>): Promise<void> => {
  const left = [...sessions];
  for (const [session] of left) session.connection.commandSocket.destroy();
  await Promise.all(left.map(([, gone]) => gone));
};

const bounded = async (milliseconds: number, work: Promise<unknown>): Promise<void> => {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
};
