import { isNoSpace } from '../disk/no-space.ts';
import { reasonOf } from '../domain/reason.ts';
import { refusal, sentence } from '../domain/refusal.ts';

/** What a verb of the host says that failed. */
export const faultInWords = (error: unknown): string =>
  isNoSpace(error)
    ? sentence(
        refusal(
          'no-room',
          `a disk is full: ${reasonOf(error)}`,
          'make room there and run it again: what was there before is whole, and what is done already is not done twice',
        ),
      )
    : reasonOf(error);
