import * as t from 'io-ts';
import { text } from '../../domain/codec.ts';
import { RepositoryId } from '../../domain/debian/names.ts';
import type { ArgumentOf } from './command.ts';

export const repositoryId = (summary: string): ArgumentOf<RepositoryId> => ({
  codec: RepositoryId,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

/** A number from 0 to 10000, or nothing. */
export const maybeCount = (summary: string, short: string): ArgumentOf<number | undefined> => ({
  codec: new t.Type<number | undefined, string, unknown>(
    'MaybeCount',
    (input): input is number | undefined => input === undefined || typeof input === 'number',
    (input, context) => {
      if (input === '') return t.success(undefined);
      return /^(?:\d{1,4}|10000)$/.test(String(input))
        ? t.success(Number(input))
        : t.failure(input, context, 'a whole number from 0 to 10000');
    },
    String,
  ),
  positional: false,
  short,
  fallback: '',
  summary,
});

/** A time, an event or a name; what it means depends on the repository. */
export const WrittenPast = text(
  'Time',
  /^[A-Za-z0-9.+:-]{1,64}$/,
  'a time such as 20261122T101500Z, an event id, a name',
);

export const Reason = text('Reason', /^[^\p{Cc}]{3,200}$/u, 'one line of 3 to 200 characters');

/** `SHA256`, or the name of a file. */
export const FileWord = text('File', /^[A-Za-z0-9][A-Za-z0-9.+~:_-]{0,254}$/, 'a SHA-256, or the name of one file');
