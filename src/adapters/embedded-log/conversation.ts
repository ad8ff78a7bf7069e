import type { StreamName } from '../../domain/ids.ts';
import type { Query } from '../../ports/event-log.ts';
import type { Page } from './reading.ts';
import type { Standing } from './store.ts';
import type { Append, Outcome } from './writer.ts';

/** What the thread is started with. */
export type ThreadData = {
  readonly folder: string;
  readonly mode: 'write' | 'read';
  readonly verify: 'before-opening' | 'in-background' | 'as-read';
};

/** What the log asks its thread, in order. */
export type Question =
  | { readonly ask: 'append'; readonly append: Append }
  | { readonly ask: 'page'; readonly after: number; readonly limit: number }
  | { readonly ask: 'stream'; readonly stream: StreamName; readonly fromRevision: number; readonly limit: number }
  | { readonly ask: 'query'; readonly query: Query }
  | { readonly ask: 'close' };

/** Each question has a number, and exactly one answer. */
export type Numbered = Question & { readonly number: number };

export type Refusal = { readonly refused: string };

export type Answer = Outcome | Page | 'closed' | Refusal;

export type AnswerTo<Q extends Question> = Q['ask'] extends 'append'
  ? Exclude<Outcome, Refusal>
  : Q['ask'] extends 'close'
    ? 'closed'
    : Page;

/**
 * What the thread tells: how the log stands, and answers that are true of it. The first telling has no answers and
 * says that the log is open; `failed` says that it cannot be, and is the last.
 */
export type Telling =
  | { readonly standing: Standing; readonly answers: readonly (readonly [number, Answer])[] }
  | { readonly failed: string };
