import type { Server, Socket } from 'node:net';
import { FtpSrv } from 'ftp-srv';

/**
 * ftp-srv 4.6.3, reduced to what it does well: listening, greeting, replies, the login, and the verbs that touch
 * nothing (`harmless`). Everything else is ours: commands are cut in `line-reader.ts`, answered in `commands.ts`, and
 * bytes never pass its connectors, which poll, leak ports and keep what was cut off. Its types say less than we use.
 */
export type QuietServer = {
  readonly server: Server;
  readonly connections: Record<string, unknown>;
  readonly listen: () => PromiseLike<unknown>;
  readonly on: {
    (event: 'connect', listener: (met: { readonly connection: ControlConnection }) => void): unknown;
    (event: 'login', listener: (who: unknown, admit: (as: { readonly fs: object }) => void) => void): unknown;
  };
};

/** One control connection as the library has it. `reply` never rejects, `authenticated` is set by `login`. */
export type ControlConnection = {
  readonly id: string;
  /** Another one once TLS is spoken over it. */
  commandSocket: Socket;
  readonly authenticated: boolean | undefined;
  readonly login: (user: string, password: string) => PromiseLike<unknown>;
  readonly reply: (code: number, ...lines: readonly (string | RawLine)[]) => PromiseLike<unknown>;
  readonly commands: { readonly handle: (command: ParsedCommand) => PromiseLike<unknown> };
};
type RawLine = { readonly message: string; readonly raw: true };
type ParsedCommand = {
  readonly directive: string;
  readonly arg: string | null;
  readonly flags: readonly string[];
  readonly raw: string;
};

/** The verbs that the library answers for us. */
export const harmless: readonly string[] = ['TYPE', 'MODE', 'STRU', 'NOOP', 'SYST', 'ALLO'];

const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** A server not yet listening. The library's signal handlers, which would end the process, are removed again. */
export const quietServer = (host: string, port: number): QuietServer => {
  const before = signals.map((signal) => process.listeners(signal));
  const library = new FtpSrv({
    url: `ftp://${host.includes(':') ? `[${host}]` : host}:${port}`,
    anonymous: false,
    greeting: 'Uploads to mini-buildd: log in as anonymous and store into /incoming.',
    whitelist: [...harmless],
    timeout: 0,
    log: silent,
  });
  for (const [at, signal] of signals.entries())
    for (const listener of process.listeners(signal))
      if (!before[at]?.includes(listener)) process.removeListener(signal, listener);

  const server = library as unknown as QuietServer;
  // An empty file system of ours: given none, the library would serve the working directory.
  server.on('login', (_who, admit) => admit({ fs: {} }));
  return server;
};

const nothing = (): void => undefined;

/** The library would write every command, with passwords, to standard output. */
const silent: object = {
  child: () => silent,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
