import type { Actor } from '../../domain/ids.ts';
import type { Access } from '../../ports/access.ts';
import type { Api } from '../../ports/api.ts';
import type { Instance } from './views/instance.ts';
import type { visitors } from './visitor.ts';

/** What the doors to the command table share: that of programs and that of pages. */
export type CommandParts = {
  readonly api: Api;
  readonly instance: Instance;
  readonly version: string;
  readonly bodyBytes: number;
  readonly visitor: ReturnType<typeof visitors>;
  readonly pace: Access['paced'];
  /** Hears of every command that was let through. */
  readonly ran: (command: string, actor: Actor) => void;
  /** Hears of everybody who was turned away, by which rule, and where they came from. */
  readonly turnedAway: (rule: string, from: string) => void;
};
