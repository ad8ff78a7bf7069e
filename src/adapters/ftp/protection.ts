import { createSecureContext } from 'node:tls';
import type { Command } from './command.ts';
import type { Door } from './door.ts';
import { type Reply, reply } from './reply.ts';
import { handshake, overTls } from './secure-socket.ts';
import type { Session } from './session.ts';

/** The line that `auth` takes; behind any other, plain commands go on. */
export const asksForTls = /^AUTH TLS(?:-C)?$/i;

/**
 * AUTH TLS (RFC 4217). What was said in plain behind it is forgotten: somebody between us and the client could have put it there, and it
 * would be obeyed as if it had come by TLS. A session keeps its certificate, also for data connections: clients compare.
 */
export const auth: Command = async (session, mechanism, { tls, limits }) => {
  const { connection } = session;
  if (tls === undefined) return noTls;
  if (session.tls !== undefined) return reply(503, 'TLS is spoken already');
  if (connection.authenticated === true) return reply(503, 'say AUTH TLS before you log in');
  if (!asksForTls.test(`AUTH ${mechanism}`)) return reply(504, 'there is TLS: say AUTH TLS');
  const plain = connection.commandSocket;
  const context = createSecureContext(tls.certificate.present());
  while (plain.read() !== null);
  await connection.reply(234, 'speak TLS from here on');
  if (plain.destroyed) return undefined;
  session.welcome = false;
  session.tls = { context, isSized: false, isDataPrivate: false };
  const secure = overTls(plain, context);
  connection.commandSocket = secure;
  await handshake(secure, limits.handshake).catch(() => undefined);
  return undefined;
};

/** What is not so any more will not be so again: `auth` refuses whoever may not. */
export const mayTurnToTls = ({ tls, connection }: Session, door: Door): boolean =>
  door.tls !== undefined && tls === undefined && connection.authenticated !== true;

/** TLS has no blocks whose size could be agreed: it is 0 whatever is said. */
export const protectionBufferSize: Command = (session, size, { tls }) => {
  if (tls === undefined) return noTls;
  if (session.tls === undefined) return reply(503, 'say AUTH TLS first');
  if (!/^\d{1,10}$/.test(size)) return reply(501, 'PBSZ is a number: 0');
  session.tls.isSized = true;
  return reply(200, 'PBSZ=0');
};

export const protectionLevel: Command = (session, level, { tls }) => {
  if (tls === undefined) return noTls;
  if (session.tls?.isSized !== true) return reply(503, 'say AUTH TLS and PBSZ 0 first');
  if (/^[SE]$/i.test(level)) return reply(536, 'PROT is P for TLS, or C');
  if (!/^[CP]$/i.test(level)) return reply(504, 'PROT is P for TLS, or C');
  session.tls.isDataPrivate = level.toUpperCase() === 'P';
  return reply(200, session.tls.isDataPrivate ? 'data connections speak TLS' : 'data connections are in plain');
};

/** Why this client may not log in as he came. */
export const tooPublic = ({ peer, tls }: Session, door: Door): Reply | undefined =>
  tls === undefined && door.tls?.isRequiredOf(peer) === true
    ? reply(530, 'uploads come by TLS only: say AUTH TLS first (curl --ssl-reqd), or upload by https')
    : undefined;

/** Why this client may not transfer as he agreed. */
export const dataTooPublic = ({ peer, tls }: Session, door: Door): Reply | undefined =>
  tls?.isDataPrivate !== true && door.tls?.isRequiredOf(peer) === true
    ? reply(521, 'files come by TLS only: say PBSZ 0 and PROT P first')
    : undefined;

const noTls = reply(502, 'there is no TLS here: what you upload is signed, not secret');
