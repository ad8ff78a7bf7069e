import { isLeft } from 'fp-ts/lib/Either.js';
import { FileName } from '../../domain/debian/names.ts';
import type { NotTaken, Place } from '../../ports/incoming.ts';
import type { DataChannel } from './data-channel.ts';
import type { Door } from './door.ts';
import { type Reply, reply } from './reply.ts';
import type { Session } from './session.ts';

type Transfer = { readonly session: Session; readonly channel: DataChannel; readonly signal: AbortSignal };

/** STOR: a place in incoming, 150, the bytes of the data connection, and 226 once they are durable and remembered. */
export const store = async (argument: string, transfer: Transfer, door: Door): Promise<Reply> => {
  const { session } = transfer;
  const name = argument.replace(/^(?:\/?incoming\/|\/)/, '');
  if (!FileName.is(name))
    return reply(
      553,
      'a file is named by 1 to 255 letters, digits, "+.~_:-", a letter or digit first, without folders',
    );
  const closed = door.closed();
  if (closed !== undefined) return reply(421, closed);
  session.begun += 1;
  if (session.begun > door.limits.filesPerSession)
    return reply(452, `${door.limits.filesPerSession} files are enough for one session: connect again`);
  const place = await door.incoming.open();
  if (isLeft(place)) return notTaken(place.left, transfer);
  try {
    await session.connection.reply(150, 'send it');
    return await take(name, place.right, transfer);
  } finally {
    await place.right.close();
  }
};

const take = async (name: FileName, place: Place, transfer: Transfer): Promise<Reply> => {
  const { session, channel, signal } = transfer;
  const socket = await channel.connection().catch(() => undefined);
  if (signal.aborted) return signal.reason as Reply;
  if (socket === undefined) return reply(425, 'the data connection did not come about: is passive mode needed?');
  const taken = await place.take({
    name,
    session: session.connection.id,
    door: 'ftp',
    bytes: socket,
    stopped: signal,
    cut: () => socket.destroy(),
  });
  return isLeft(taken)
    ? notTaken(taken.left, transfer)
    : reply(226, `${name} is received, ${taken.right.size} bytes, SHA-256 ${taken.right.sha256}`);
};

const codes = { closed: 421, full: 452, failed: 451, slow: 426, broken: 426, oversized: 552, refused: 550 } as const;

const notTaken = ({ why, fact }: NotTaken, { signal }: Transfer): Reply =>
  why === 'stopped' ? (signal.reason as Reply) : reply(codes[why], fact);
