import { PassThrough } from 'node:stream';
import { Client, FTPError } from 'basic-ftp';
import { left, right } from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../domain/reason.ts';
import type { FileTransfer, IncomingDoor, Refused } from './incoming-door.ts';

/** How long the instance may think over one command, such as making a large file durable. Milliseconds. */
const patience = 300_000;

/**
 * The FTP door of an instance, over one connection where all goes well: files of one session belong together. After a refusal there is
 * another one, so that no late reply is taken for that to the next command.
 */
export const ftpDoor = (host: string, port: number): IncomingDoor => {
  let client: Client | undefined;

  const connected = async (): Promise<Client> => {
    if (client !== undefined && !client.closed && !client.ftp.socket.destroyed) return client;
    client = new Client(patience);
    await client.access({ host, port, user: 'anonymous', password: 'mini-buildd-ssh-upload' });
    return client;
  };
  const leave = (): void => hangUp(client);

  return {
    begin: async (name) => {
      try {
        return right(transfer(await connected(), name));
      } catch (error) {
        leave();
        return left(refused(error));
      }
    },
    leave,
  };
};

/** Without QUIT, after which the door would finish what was begun. */
const hangUp = (client: Client | undefined): void => void client?.ftp.socket.destroy();

const transfer = (client: Client, name: string): FileTransfer => {
  const source = new PassThrough();
  // A transfer that ended early destroys its source; what it says then is known from `outcome`.
  source.on('error', () => undefined);
  /** Lets go of a write that waits for a connection which is no more. */
  let release: (failed: unknown) => void = () => undefined;
  const outcome = client.uploadFrom(source, name).then(
    () => undefined,
    (error: unknown) => {
      hangUp(client);
      source.destroy();
      release(error);
      return refused(error);
    },
  );
  return {
    write: async (bytes) => {
      const failed = await new Promise((resolve) => {
        release = resolve;
        source.write(bytes, resolve);
      });
      return failed ? outcome : undefined;
    },
    finish: () => {
      source.end();
      return outcome;
    },
    abandon: () => {
      hangUp(client);
      source.destroy();
    },
  };
};

/** 4xx may go well later, 5xx will not (RFC 959 §4.2.1). */
const refused = (error: unknown): Refused =>
  error instanceof FTPError
    ? { code: error.code < 500 ? 'failure' : 'permission-denied', why: error.message.replace(/^\d{3} /, '') }
    : { code: 'failure', why: `the instance cannot be reached: ${reasonOf(error)}` };
