import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { sentence } from '../../domain/refusal.ts';
import type { IncomingDoor, NotTaken, Place, Receive, ReceivedFile, Sent } from '../../ports/incoming.ts';
import type { IncomingLimits } from './limits.ts';
import { type OneAtATime, oneAtATime } from './one-at-a-time.ts';
import { type OpenFile, type PartialFile, partialFile } from './partial-file.ts';
import { watchRate } from './rate-watch.ts';
import { dropIncoming, keep, openIncoming, partialFolder } from './received-files.ts';
import { type Room, room } from './room.ts';

/** Where we write what an operator should know; pino has this shape. */
type Log = {
  readonly info: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
};

export type IncomingDoorOptions = {
  /** The door's own folder; see `received-files.ts`. */
  readonly folder: string;
  readonly limits: IncomingLimits;
  readonly receive: Receive;
  readonly log: Log;
  /** Why nothing is taken at present, asked each time; what is under way ends well. */
  readonly closed?: () => string | undefined;
  readonly openFile?: OpenFile;
};

type Door = Required<IncomingDoorOptions> & { readonly room: Room; readonly oneAtATime: OneAtATime };

/** Opens incoming: what an earlier run left unfinished is swept, what it received stays (`listIncoming`). */
export const incomingDoor = async (options: IncomingDoorOptions): Promise<IncomingDoor> => {
  const folder = resolve(options.folder);
  await openIncoming(folder);
  const door: Door = {
    closed: () => undefined,
    openFile: open,
    ...options,
    folder,
    room: await room(folder, options.limits),
    oneAtATime: oneAtATime(),
  };
  return { open: () => place(door) };
};

/** What a transfer takes of incoming's room. */
type Claim = { bytes: number; kept: boolean };

const place = async (door: Door): Promise<Either<NotTaken, Place>> => {
  const closed = door.closed();
  if (closed !== undefined) return left({ why: 'closed', fact: closed });
  const refused = await door.room.admit();
  if (refused !== undefined) return left(refused);
  const file = await partialFile(join(partialFolder(door.folder), randomUUID()), door.openFile).catch((error) =>
    diskFailed(error, door),
  );
  if ('why' in file) return left(file);
  const claim: Claim = { bytes: 0, kept: false };
  return right({
    take: (sent) => take(sent, file, claim, door).catch((error: unknown) => left(diskFailed(error, door))),
    close: async () => {
      await file.close().catch((error: unknown) => door.log.error({ err: error }, 'a partial upload stays on disk'));
      door.room.settle(claim.bytes, claim.kept);
    },
  });
};

/**
 * From its sender to `partial/`, synced, moved to `received/`, told to `receive`, and only then `right`. Whatever fails before the
 * move leaves nothing; after it the file stays, for the same file may be sent again and a start lists it.
 */
const take = async (sent: Sent, file: PartialFile, claim: Claim, door: Door): ReturnType<Place['take']> => {
  const failed = await pour(sent, file, claim, door);
  if (failed !== undefined) return left(failed);
  if (sent.stopped.aborted) return left(stopped);
  const content = await file.finish();
  return door.oneAtATime(`${content.sha256}/${sent.name}`, async () => {
    await file.sync();
    // A killed client ends all its connections in good order; by now we have heard of the others.
    if (sent.stopped.aborted) return left(stopped);
    const { name, session, door: by } = sent;
    return hand({ ...content, name, session, door: by }, file, claim, door);
  });
};

const stopped: NotTaken = { why: 'stopped', fact: 'its sender went away, nothing was kept: upload again' };

/**
 * After a refusal in mid-transfer this many bytes are read and forgotten: a client that finds its connection reset
 * tells its user about a broken pipe, one that could finish reads our reply.
 */
const forgotten = 64 * 1024 ** 2;

/** Every byte to the file; what went wrong, otherwise. */
const pour = async (sent: Sent, file: PartialFile, claim: Claim, door: Door): Promise<NotTaken | undefined> => {
  const { bytes: least, window } = door.limits.lowestRate;
  const slow: NotTaken = {
    why: 'slow',
    fact: `fewer than ${least} bytes came in ${window / 1000} seconds, nothing was kept: upload again`,
  };
  let failed: NotTaken | undefined;
  let surplus = 0;
  const rate = watchRate(door.limits.lowestRate, () => {
    failed ??= slow;
    sent.cut();
  });
  try {
    for await (const chunk of sent.bytes) {
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
    failed ??= {
      why: 'broken',
      fact: `the data connection broke after ${claim.bytes} bytes, nothing was kept: upload again`,
    };
  } finally {
    rate.stop();
  }
  return failed;
};

const accept = async (chunk: Buffer, file: PartialFile, claim: Claim, door: Door): Promise<NotTaken | undefined> => {
  if (claim.bytes + chunk.length > door.limits.file)
    return { why: 'oversized', fact: `a file may have ${door.limits.file} bytes at most: nothing was kept` };
  const full = await door.room.take(chunk.length);
  if (full !== undefined) return full;
  claim.bytes += chunk.length;
  return file.write(chunk).then(
    () => undefined,
    (error: unknown) => diskFailed(error, door),
  );
};

/** What cannot be undone by the client any more. A refused file is dropped only if this transfer brought it: the same file may be owed to another. */
const hand = async (
  found: Omit<ReceivedFile, 'path'>,
  file: PartialFile,
  claim: Claim,
  door: Door,
): ReturnType<Place['take']> => {
  const { path, fresh } = await keep(door.folder, file, found);
  claim.kept = fresh;
  const { name, session, size, sha256 } = found;
  let because: Awaited<ReturnType<Receive>>;
  try {
    because = await door.receive({ ...found, path });
  } catch (error) {
    door.log.error({ err: error, file: name, session }, 'a received file could not be remembered');
    return left({ why: 'failed', fact: `${name} came in but could not be remembered: upload it again later` });
  }
  if (because === undefined) return right({ size, sha256 });
  door.log.info({ file: name, session, rule: because.rule }, 'a received file was refused');
  if (fresh) {
    await dropIncoming(door.folder, found);
    claim.kept = false;
  }
  return left({ why: 'refused', fact: sentence(because).replaceAll(door.folder, 'incoming'), because });
};

const noSpace: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

const diskFailed = (error: unknown, door: Door): NotTaken => {
  door.log.error({ err: error }, 'incoming could not be written');
  return noSpace.includes((error as NodeJS.ErrnoException).code)
    ? { why: 'full', fact: 'the disk is full: upload again later' }
    : { why: 'failed', fact: 'the disk failed: upload again later' };
};
