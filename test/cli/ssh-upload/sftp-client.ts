import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import { ftpDoor } from '../../../src/cli/ssh-upload/ftp-door.ts';
import type { IncomingDoor } from '../../../src/cli/ssh-upload/incoming-door.ts';
import { type SessionLimits, serveUploads } from '../../../src/cli/ssh-upload/serve-uploads.ts';

/** An answer as a client reads it: of a status its code, else what stands in it. */
export type Answer = { readonly type: number; readonly id: number; readonly rest: Buffer };

/** A client that says what a test wants, packet by packet or byte by byte, and hears every answer. */
export type SftpClient = {
  /** Says a packet of `type` with an id of its own, and hears what is answered to it. */
  readonly ask: (type: number, ...fields: readonly (string | number | bigint | Buffer)[]) => Promise<Answer>;
  readonly mutter: (bytes: Buffer) => void;
  readonly leave: () => void;
  /** `undefined` when the session ended well, else what was said. */
  readonly ended: Promise<string | undefined>;
  /** How many bytes were answered. */
  readonly heard: () => number;
};

const limits: SessionLimits = { filesPerSession: 5, idle: 10_000 };

/** A session with the instance whose FTP door is at `door`. */
export const sftpClient = (
  test: TestContext,
  door: number | IncomingDoor,
  more: Partial<SessionLimits> = {},
): SftpClient => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ended = serveUploads(input, output, typeof door === 'number' ? ftpDoor('127.0.0.1', door) : door, {
    ...limits,
    ...more,
  }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  test.after(async () => {
    input.end();
    await ended;
  });
  let heard = Buffer.alloc(0);
  let bytes = 0;
  const waiting: ((answer: Answer) => void)[] = [];
  output.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    heard = Buffer.concat([heard, chunk]);
    while (heard.length >= 4 && heard.length >= 4 + heard.readUInt32BE()) {
      const packet = heard.subarray(4, 4 + heard.readUInt32BE());
      heard = heard.subarray(4 + packet.length);
      waiting.shift()?.({ type: packet.readUInt8(), id: packet.readUInt32BE(1), rest: packet.subarray(5) });
    }
  });
  let id = 0;
  return {
    ask: (type, ...fields) => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      waiting.push(resolve);
      void ended.then((why) => reject(new Error(`no answer: ${why}`)));
      id += 1;
      input.write(packetOf(type, ...(type === 1 ? [] : [id]), ...fields));
      return promise;
    },
    mutter: (raw) => void input.write(raw),
    leave: () => void input.end(),
    ended,
    heard: () => bytes,
  };
};

export const packetOf = (type: number, ...fields: readonly (string | number | bigint | Buffer)[]): Buffer => {
  const body = Buffer.concat([Buffer.from([type]), ...fields.map(bytesOf)]);
  return Buffer.concat([bytesOf(body.length), body]);
};

const bytesOf = (field: string | number | bigint | Buffer): Buffer => {
  if (typeof field === 'number' || typeof field === 'bigint') {
    const bytes = Buffer.alloc(typeof field === 'number' ? 4 : 8);
    if (typeof field === 'number') bytes.writeUInt32BE(field);
    else bytes.writeBigUInt64BE(field);
    return bytes;
  }
  const bytes = Buffer.from(field);
  return Buffer.concat([bytesOf(bytes.length), bytes]);
};
