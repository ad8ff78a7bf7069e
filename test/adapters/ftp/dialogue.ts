import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';

/** A client that says exactly what a test wants, byte by byte, and hears every reply. */
export type Dialogue = {
  readonly socket: Socket;
  /** Says one line and hears the reply to it (or to what was said before it). */
  readonly say: (line: string | Buffer) => Promise<string>;
  /** Says bytes as they stand, and does not listen. */
  readonly mutter: (bytes: string | Buffer) => void;
  /** The next whole reply, lines joined by `\n`; `closed` when the server hung up instead. */
  readonly hear: () => Promise<string>;
  /** Says AUTH TLS and speaks it from there on, also over data connections; gives the certificate's name. */
  readonly secure: () => Promise<string>;
  /** Agrees on passive mode and connects. */
  readonly data: () => Promise<Socket>;
  /** Stores one file and gives the last reply. */
  readonly store: (name: string, bytes: string | Buffer) => Promise<string>;
  readonly drop: () => void;
};

/** Connects and hears the greeting (or the refusal), which `greeting` may look at. */
export const dial = async (port: number, host = '127.0.0.1', greeting?: (heard: string) => void): Promise<Dialogue> => {
  const socket = connect({ port, host });
  const replies: string[] = [];
  const waiting: ((reply: string) => void)[] = [];
  let closed = false;
  const deliver = (heard: string): void => {
    const waiter = waiting.shift();
    if (waiter === undefined) replies.push(heard);
    else waiter(heard);
  };
  let pending = '';
  let lines: string[] = [];
  const listen = (bytes: Buffer): void => {
    pending += bytes.toString('latin1');
    for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      lines.push(line);
      if (!/^\d{3} /.test(line)) continue;
      deliver(lines.join('\n'));
      lines = [];
    }
  };
  let spoken = socket;
  let isPrivate = false;
  socket.on('data', listen);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
    for (const waiter of waiting.splice(0)) waiter('closed');
  });

  const hear = async (): Promise<string> => {
    const there = replies.shift();
    if (there !== undefined) return there;
    if (closed) return 'closed';
    const { promise, resolve } = Promise.withResolvers<string>();
    waiting.push(resolve);
    const late = setTimeout(() => resolve('silence for 30 seconds'), 30_000);
    return promise.finally(() => clearTimeout(late));
  };
  const mutter = (bytes: string | Buffer): void => void spoken.write(bytes);
  const say = (line: string | Buffer): Promise<string> => {
    mutter(Buffer.concat([Buffer.from(line), Buffer.from('\r\n')]));
    return hear();
  };
  const data = async (): Promise<Socket> => {
    const said = await say('EPSV');
    const [, passive] = /\(\|\|\|(\d+)\|\)/.exec(said) ?? [];
    assert.ok(passive !== undefined, `EPSV was answered: ${said}`);
    const connection = connect({ port: Number(passive), host });
    connection.on('error', () => undefined);
    await once(connection, 'connect');
    return connection;
  };

  const secure = async (): Promise<string> => {
    assert.equal(code(await say('AUTH TLS')), '234');
    socket.off('data', listen);
    const control = await overTls(socket);
    spoken = control.on('data', listen);
    isPrivate = true;
    for (const line of ['PBSZ 0', 'PROT P']) assert.equal(code(await say(line)), '200');
    return nameOf(control);
  };

  const heard = await hear();
  greeting?.(heard);
  return {
    socket,
    say,
    mutter,
    hear,
    secure,
    data,
    store: async (name, bytes) => {
      const connection = await data();
      const begun = await say(`STOR ${name}`);
      if (!begun.startsWith('150')) {
        connection.destroy();
        return begun;
      }
      const way = isPrivate ? await overTls(connection) : connection;
      way.end(bytes);
      return hear();
    },
    drop: () => socket.destroy(),
  };
};

/** As a client who believes any certificate. */
export const overTls = async (socket: Socket): Promise<TLSSocket> => {
  const secure = connectSecurely({ socket, rejectUnauthorized: false });
  secure.on('error', () => undefined);
  await once(secure, 'secureConnect');
  return secure;
};

export const nameOf = (secure: TLSSocket): string => String(secure.getPeerCertificate().subject.CN);

/** The code of a reply, or what happened instead of one. */
export const code = (reply: string): string => /^\d{3}/.exec(reply)?.[0] ?? reply;
