import { text } from '../../domain/codec.ts';
import type { ArgumentOf } from './command.ts';
import { maybe } from './history-arguments.ts';

const Part = text('Part', /^[^\p{Cc}]{1,100}$/u, 'at most 100 characters in one line');

/** Narrows a list to what holds some words, as the field above it does on its page. */
export const holding = (says: string): ArgumentOf<string | undefined> => maybe(Part, says);
