import type { Head } from './head-file.ts';

/** `fault`: why nothing may be written. `notice`: what the operator should know. */
export type Finding = { readonly fault?: string; readonly notice?: string };

/**
 * Compares the end of the log with its head, which is synced before anything is acknowledged. SQLite drops a damaged
 * end without a word, so a log that ends before its head has lost what was acknowledged. A log that goes on beyond its
 * head was killed between the two: those events were never acknowledged, but they are whole, and whoever appends them
 * again is answered with them; they are kept, and their positions with them.
 */
export const compare = (head: Head | undefined, end: number, hashAtHead: string | undefined): Finding => {
  if (head === undefined)
    return end === 0
      ? {}
      : { fault: `The log holds events up to position ${end}, but its head file is missing or damaged` };
  if (end < head.position) return { fault: `The log ends before its head: missing ${span(end + 1, head.position)}` };
  if (head.position > 0 && hashAtHead !== head.hash)
    return {
      fault: `The event at position ${head.position} is not the one that was acknowledged: the head file holds another hash`,
    };
  if (end > head.position)
    return {
      notice: `${span(head.position + 1, end)} had been written but not acknowledged when the daemon ended; kept`,
    };
  return {};
};

const span = (first: number, last: number): string =>
  first === last ? `the event at position ${first}` : `the events at positions ${first} to ${last}`;
