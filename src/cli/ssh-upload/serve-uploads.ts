import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { IncomingDoor } from './incoming-door.ts';
import { NotSftp, packets } from './packets.ts';
import { requestIn } from './request.ts';
import { uploadSession } from './upload-session.ts';

/** `idle`: how long a client may neither say anything nor listen, in milliseconds. */
export type SessionLimits = { readonly filesPerSession: number; readonly idle: number };

/**
 * Answers a client until he leaves. Rejects, saying why, when he says what is no SFTP, or nothing for too long. However it ends, a file
 * on its way is not taken.
 */
export const serveUploads = async (
  input: Readable,
  output: Writable,
  door: IncomingDoor,
  limits: SessionLimits,
): Promise<void> => {
  const session = uploadSession(door, limits.filesPerSession);
  const silent = new AbortController();
  const waiting = (): NodeJS.Timeout =>
    setTimeout(() => {
      silent.abort();
      input.destroy(tooLong(limits));
    }, limits.idle);
  let timer = waiting();
  try {
    for await (const packet of packets(input)) {
      clearTimeout(timer);
      const answer = await session.answer(requestIn(packet));
      timer = waiting();
      if (!output.write(answer)) await once(output, 'drain', { signal: silent.signal });
    }
  } catch (error) {
    throw silent.signal.aborted ? tooLong(limits) : error;
  } finally {
    clearTimeout(timer);
    door.leave();
  }
};

const tooLong = ({ idle }: SessionLimits): Error => new NotSftp(`nothing was said for ${idle / 1000} seconds`);
