import type { Instant } from '../../../domain/codec.ts';
import type { Look } from './parts.ts';

/** How an object does: a word, how well that is, and why it is so. */
export type Standing = {
  readonly state: string;
  readonly look: Look;
  readonly reason: string;
  readonly since?: Instant | undefined;
};
