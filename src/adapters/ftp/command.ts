import type { Door } from './door.ts';
import type { Reply } from './reply.ts';
import type { Session } from './session.ts';

/** What one verb does. `undefined`: it is answered already. */
export type Command = (
  session: Session,
  argument: string,
  door: Door,
) => Reply | undefined | Promise<Reply | undefined>;
