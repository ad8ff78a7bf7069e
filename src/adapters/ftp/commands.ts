import { isIPv4 } from 'node:net';
import { posix } from 'node:path';
import { sameAddress } from './address.ts';
import type { Command } from './command.ts';
import { activeChannel, type DataChannel, passiveChannel } from './data-channel.ts';
import type { Door } from './door.ts';
import { auth, dataTooPublic, protectionBufferSize, protectionLevel, tooPublic } from './protection.ts';
import { harmless } from './quiet-server.ts';
import { type Reply, reply } from './reply.ts';
import { privately } from './secure-socket.ts';
import type { Session } from './session.ts';
import { store } from './store.ts';

/** What to answer to one line; `undefined` when it is answered already. */
export const answer = async (session: Session, line: string, door: Door): Promise<Reply | undefined> => {
  const [, said = '', argument = ''] = /^([A-Za-z]{3,4})(?: (.*))?$/s.exec(line) ?? [];
  const verb = said.toUpperCase();
  if (verb === '') return reply(500, 'that is no FTP command');
  if (session.connection.authenticated !== true && !beforeLogin.has(verb))
    return reply(530, 'log in first: USER anonymous, PASS anything');
  const command = commands.get(verb);
  if (command !== undefined) return command(session, argument, door);
  if (!harmless.includes(verb)) return reply(502, `${verb}: this server takes uploads (STOR) and does nothing else`);
  await session.connection.commands.handle({ directive: verb, arg: argument || null, flags: [], raw: line });
  return undefined;
};

const beforeLogin: ReadonlySet<string> = new Set([
  'USER',
  'PASS',
  'QUIT',
  'NOOP',
  'SYST',
  'FEAT',
  'HELP',
  'OPTS',
  'AUTH',
  'PBSZ',
  'PROT',
]);

const user: Command = (session, name, door) => {
  if (session.connection.authenticated === true) return reply(503, 'you are logged in');
  const refused = tooPublic(session, door);
  if (refused !== undefined) return refused;
  session.welcome = /^(?:anonymous|ftp)$/i.test(name);
  return session.welcome
    ? reply(331, 'any password will do')
    : reply(530, 'only anonymous uploads (set "login = anonymous"): who you are is read from your signature');
};

const pass: Command = async (session) => {
  if (session.connection.authenticated === true) return reply(202, 'you are logged in');
  if (!session.welcome) return reply(503, 'say USER anonymous first');
  await session.connection.login('anonymous', '');
  return reply(230, 'welcome, store into /incoming');
};

const changeDirectory: Command = (session, argument) => {
  const wanted = posix.resolve(session.directory, argument);
  if (argument.split('/').includes('..') || (wanted !== '/' && wanted !== '/incoming'))
    return reply(550, 'there is no such folder here: use /incoming');
  session.directory = wanted;
  return reply(250, `you are in ${wanted}`);
};

const changeUp: Command = (session) => {
  session.directory = '/';
  return reply(250, 'you are in /');
};

const printDirectory: Command = ({ directory }) => reply(257, `"${directory}"`);

/** Forgets what was agreed for a transfer, ports and all, before something else is. */
const agree = (session: Session, channel: DataChannel | undefined): void => {
  session.channel?.close();
  session.channel = channel;
};

const openPassive = async (session: Session, door: Door, said: (port: number) => Reply): Promise<Reply> => {
  agree(session, undefined);
  const server = await door.passivePort(session.local).catch(() => undefined);
  if (server === undefined) return reply(425, 'every passive port is in use: try again in a minute');
  const address = server.address();
  const channel = passiveChannel(server, session.peer, door.limits.dataConnection);
  if (session.connection.commandSocket.destroyed) channel.close();
  else agree(session, channel);
  return said(typeof address === 'object' && address !== null ? address.port : 0);
};

const passive: Command = (session, _argument, door) => {
  if (!isIPv4(session.local)) return reply(425, 'PASV is for IPv4: say EPSV');
  const host = session.local.replaceAll('.', ',');
  return openPassive(session, door, (port) =>
    reply(227, `Entering Passive Mode (${host},${Math.floor(port / 256)},${port % 256}).`),
  );
};

const extendedPassive: Command = (session, argument, door) => {
  const ours = isIPv4(session.local) ? '1' : '2';
  if (/^ALL$/i.test(argument)) return reply(200, 'EPSV it is');
  if (argument !== '' && argument !== ours) return reply(522, `network protocol not supported, use (${ours})`);
  return openPassive(session, door, (port) => reply(229, `Entering Extended Passive Mode (|||${port}|)`));
};

/** The data connection goes to the client himself and to no service of his: anything else would lend him our address. */
const openActive = (session: Session, host: string, port: number, door: Door): Reply => {
  agree(session, undefined);
  if (!sameAddress(host, session.peer)) return reply(500, 'that is not the address you connect from');
  if (port < 1024 || port > 65_535) return reply(500, 'data connections go to ports from 1024 to 65535');
  agree(session, activeChannel(session.peer, port, session.local, door.limits.dataConnection));
  return reply(200, 'the data connection will go there');
};

const active: Command = (session, argument, door) => {
  const numbers = /^\d{1,3}(?:,\d{1,3}){5}$/.test(argument) ? argument.split(',').map(Number) : [];
  const [a, b, c, d, high = 0, low = 0] = numbers;
  if (numbers.length !== 6 || numbers.some((number) => number > 255))
    return reply(501, 'PORT is four numbers of an IPv4 address and two of a port, with commas');
  return openActive(session, `${a}.${b}.${c}.${d}`, high * 256 + low, door);
};

const extendedActive: Command = (session, argument, door) => {
  const [, protocol, host = '', port] = /^\|(\d{1,2})\|([0-9A-Fa-f:.]{2,45})\|(\d{1,5})\|$/.exec(argument) ?? [];
  if (port === undefined) return reply(501, 'EPRT is |1|IPv4 address|port| or |2|IPv6 address|port|');
  if (protocol !== '1' && protocol !== '2') return reply(522, 'network protocol not supported, use (1,2)');
  return openActive(session, host, Number(port), door);
};

/** Takes what was agreed for the one transfer it is good for. */
const transfer = async (
  session: Session,
  door: Door,
  work: (channel: DataChannel, signal: AbortSignal) => Promise<Reply>,
): Promise<Reply> => {
  const refused = dataTooPublic(session, door);
  if (refused !== undefined) return refused;
  const { channel, tls } = session;
  if (channel === undefined) return reply(425, 'say PASV, EPSV, PORT or EPRT first');
  const way = tls?.isDataPrivate === true ? privately(channel, tls.context, door.limits.handshake) : channel;
  const underWay = new AbortController();
  underWay.signal.addEventListener('abort', channel.close);
  session.channel = undefined;
  session.transfer = underWay;
  try {
    return await work(way, underWay.signal);
  } finally {
    session.transfer = undefined;
    channel.close();
  }
};

const storeFile: Command = (session, argument, door) =>
  transfer(session, door, (channel, signal) => store(argument, { session, channel, signal }, door));

/** What others upload is not ours to show, so every folder looks empty. */
const list: Command = (session, _argument, door) =>
  transfer(session, door, async (channel) => {
    await session.connection.reply(150, 'here is the listing');
    const socket = await channel.connection().catch(() => undefined);
    if (socket === undefined) return reply(425, 'the data connection did not come about');
    await new Promise<void>((resolve) => socket.end(() => resolve()));
    return reply(226, 'uploads are not shown');
  });

const features: Command = async ({ connection }, _argument, { tls }) => {
  const names = ['EPRT', 'EPSV', 'PASV', 'UTF8', ...(tls === undefined ? [] : ['AUTH TLS', 'PBSZ', 'PROT'])];
  const lines = names.map((name) => ({ message: ` ${name}`, raw: true }) as const);
  await connection.reply(211, 'Extensions:', ...lines, 'End');
  return undefined;
};

const options: Command = (_session, argument) =>
  /^UTF-?8 ON$/i.test(argument) ? reply(200, 'UTF-8 it is') : reply(501, 'there is no such option');

const quit: Command = () => reply(221, 'goodbye');

const commands: ReadonlyMap<string, Command> = new Map([
  ['USER', user],
  ['PASS', pass],
  ['QUIT', quit],
  ['FEAT', features],
  ['OPTS', options],
  ['HELP', () => reply(214, 'log in as anonymous, CWD /incoming, PASV, STOR each file, the .changes last')],
  ['CWD', changeDirectory],
  ['XCWD', changeDirectory],
  ['CDUP', changeUp],
  ['XCUP', changeUp],
  ['PWD', printDirectory],
  ['XPWD', printDirectory],
  ['PASV', passive],
  ['EPSV', extendedPassive],
  ['PORT', active],
  ['EPRT', extendedActive],
  ['STOR', storeFile],
  ['LIST', list],
  ['NLST', list],
  ['ABOR', () => reply(226, 'no transfer is under way')],
  ['AUTH', auth],
  ['PBSZ', protectionBufferSize],
  ['PROT', protectionLevel],
]);
