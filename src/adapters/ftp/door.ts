import type { Receive } from '../../ports/incoming.ts';
import type { passivePorts } from './data-channel.ts';
import type { Limits } from './limits.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import type { OpenFile } from './partial-file.ts';
import type { Room } from './room.ts';

/** Where we write what an operator should know; pino has this shape. */
export type Log = {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
};

/** What all sessions share. */
export type Door = {
  readonly folder: string;
  readonly limits: Limits;
  readonly room: Room;
  readonly passivePort: ReturnType<typeof passivePorts>;
  readonly oneAtATime: OneAtATime;
  readonly openFile: OpenFile;
  readonly receive: Receive;
  readonly log: Log;
  /** Why no transfer begins now. */
  readonly closed: () => string | undefined;
};
