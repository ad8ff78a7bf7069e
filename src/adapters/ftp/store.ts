import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { FileName } from '../../domain/debian/names.ts';
import { sentence } from '../../domain/refusal.ts';
import type { ReceivedFile } from '../../ports/incoming.ts';
import type { DataChannel } from './data-channel.ts';
import type { Door } from './door.ts';
import { type PartialFile, partialFile } from './partial-file.ts';
import { watchRate } from './rate-watch.ts';
import { dropIncoming, keep, partialFolder } from './received-files.ts';
import { type Reply, reply } from './reply.ts';
import type { Session } from './session.ts';

type Transfer = { readonly session: Session; readonly channel: DataChannel; readonly signal: AbortSignal };

/**
 * STOR: from the data connection to `partial/`, synced, moved to `received/`, told to `receive`, and only then 226.
 * Whatever fails before the move leaves nothing; after it the file stays, for the same file may be sent again and a
 * start lists it.
 */
export const store = async (argument: string, transfer: Transfer, door: Door): Promise<Reply> => {
  const { session, signal } = transfer;
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
  const refused = await door.room.admit();
  if (refused !== undefined) return refused;

  const file = await create(door);
  if ('code' in file) return file;
  const claim: Claim = { bytes: 0, kept: false };
  try {
    await session.connection.reply(150, 'send it');
    const failed = await takeBytes(file, transfer, claim, door);
    if (failed !== undefined) return failed;
    const content = await file.finish();
    const key = `${content.sha256}/${name}`;
    return await door.oneAtATime(key, async () => {
      await file.sync();
      // A killed client ends both connections in good order; by now we have heard of the other one.
      if (signal.aborted) return signal.reason as Reply;
      return hand({ ...content, name, session: session.connection.id }, file, claim, door);
    });
  } catch (error) {
    return diskFailed(error, door);
  } finally {
    await file.close().catch((error: unknown) => door.log.error({ err: error }, 'a partial upload stays on disk'));
    door.room.settle(claim.bytes, claim.kept);
  }
};

/** What a transfer takes of incoming's room. */
type Claim = { bytes: number; kept: boolean };

const create = (door: Door): Promise<PartialFile | Reply> =>
  partialFile(join(partialFolder(door.folder), randomUUID()), door.openFile).catch((error: unknown) =>
    diskFailed(error, door),
  );

const takeBytes = async (
  file: PartialFile,
  transfer: Transfer,
  claim: Claim,
  door: Door,
): Promise<Reply | undefined> => {
  const { channel, signal } = transfer;
  const socket = await channel.connection().catch(() => undefined);
  if (signal.aborted) return signal.reason as Reply;
  if (socket === undefined) return reply(425, 'the data connection did not come about: is passive mode needed?');
  return (await pour(socket, file, claim, door)) ?? (signal.aborted ? (signal.reason as Reply) : undefined);
};

/**
 * After a refusal in mid-transfer this many bytes are read and forgotten: a client that finds its data connection reset
 * tells its user about a broken pipe, one that could finish reads our reply.
 */
const forgotten = 64 * 1024 ** 2;

/** Every byte to the file; what went wrong, otherwise. */
const pour = async (socket: Socket, file: PartialFile, claim: Claim, door: Door): Promise<Reply | undefined> => {
  const { bytes: least, window } = door.limits.lowestRate;
  const slow = reply(426, `fewer than ${least} bytes came in ${window / 1000} seconds, nothing was kept: upload again`);
  let failed: Reply | undefined;
  let surplus = 0;
  const rate = watchRate(door.limits.lowestRate, () => {
    failed ??= slow;
    socket.destroy();
  });
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      rate.arrived(chunk.length);
      if (failed !== undefined) {
        surplus += chunk.length;
        if (surplus > forgotten) break;
        continue;
      }
      rate.holdUp(true);
      failed = await accept(chunk, file, claim, door);
      rate.holdUp(false);
    }
  } catch {
    failed ??= reply(426, `the data connection broke after ${claim.bytes} bytes, nothing was kept: upload again`);
  } finally {
    rate.stop();
  }
  return failed;
};

const accept = async (chunk: Buffer, file: PartialFile, claim: Claim, door: Door): Promise<Reply | undefined> => {
  if (claim.bytes + chunk.length > door.limits.file)
    return reply(552, `a file may have ${door.limits.file} bytes at most: nothing was kept`);
  const full = await door.room.take(chunk.length);
  if (full !== undefined) return full;
  claim.bytes += chunk.length;
  return file.write(chunk).then(
    () => undefined,
    (error: unknown) => diskFailed(error, door),
  );
};

/** What cannot be undone by the client any more. A refused file is dropped only if this transfer brought it: the same file may be owed to another. */
const hand = async (found: Omit<ReceivedFile, 'path'>, file: PartialFile, claim: Claim, door: Door): Promise<Reply> => {
  const { path, fresh } = await keep(door.folder, file, found);
  claim.kept = fresh;
  const received = { ...found, path };
  let refusal: Awaited<ReturnType<Door['receive']>>;
  try {
    refusal = await door.receive(received);
  } catch (error) {
    door.log.error({ err: error, file: found.name, session: found.session }, 'a received file could not be remembered');
    return reply(451, `${found.name} came in but could not be remembered: upload it again later`);
  }
  if (refusal === undefined)
    return reply(226, `${found.name} is received, ${found.size} bytes, SHA-256 ${found.sha256}`);
  door.log.info({ file: found.name, session: found.session, rule: refusal.rule }, 'a received file was refused');
  if (fresh) {
    await dropIncoming(door.folder, found);
    claim.kept = false;
  }
  return reply(550, sentence(refusal).replaceAll(door.folder, 'incoming'));
};

const noSpace: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

const diskFailed = (error: unknown, door: Door): Reply => {
  door.log.error({ err: error }, 'incoming could not be written');
  return noSpace.includes((error as NodeJS.ErrnoException).code)
    ? reply(452, 'the disk is full: upload again later')
    : reply(451, 'the disk failed: upload again later');
};
