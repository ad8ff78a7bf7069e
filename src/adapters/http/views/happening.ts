import type { AccountId } from '../../../domain/account/events.ts';
import type { Instant } from '../../../domain/codec.ts';
import type { Actor, EventId } from '../../../domain/ids.ts';
import type { Position } from '../../../ports/event-log.ts';

/** One event, as far as the viewer may see it. */
export type Happening = {
  readonly id: EventId;
  readonly position: Position;
  readonly at: Instant;
  readonly type: string;
  /** In words; nothing for those that say no more than their type. */
  readonly says: string | undefined;
  readonly actor: Actor;
  /** The person who did it, where the viewer may know: by login (nothing for who was erased), and with the account whose page they may open. */
  readonly doer?: { readonly login: string | undefined; readonly account: AccountId | undefined } | undefined;
  readonly causedBy: EventId | undefined;
  /** The upload or command that started it all. */
  readonly correlation: string;
  readonly stream: string;
  readonly package: string | undefined;
  readonly distribution: string | undefined;
  readonly version: string | undefined;
  readonly repository: string | undefined;
  readonly build: string | undefined;
};
