import * as t from 'io-ts';
import { TokenId } from '../../domain/account/events.ts';
import { EmailAddress, FullName, LoginName } from '../../domain/account/person.ts';
import { text } from '../../domain/codec.ts';
import { Fingerprint, RepositoryId } from '../../domain/debian/names.ts';
import { oneOf, orNothing } from './arguments.ts';
import type { ArgumentOf } from './command.ts';

/** Something that may be left out. */
const maybe = <A extends string>(codec: t.Type<A, string, unknown>, summary: string, positional: boolean) =>
  ({
    codec: orNothing(codec),
    positional,
    short: undefined,
    fallback: '',
    summary,
  }) satisfies ArgumentOf<A | undefined>;

export const maybeLogin = (summary: string) => maybe(LoginName, summary, true);
export const maybeToken = (summary: string) => maybe(TokenId, summary, true);
export const email = (summary: string) => plain(EmailAddress, summary);
export const fullName = (summary: string) => plain(FullName, summary);

/** Of a person; it may be empty. */
const plain = <A extends string>(codec: t.Type<A, string, unknown>, summary: string) =>
  ({ codec, positional: false, short: undefined, isPrivate: true, fallback: '', summary }) satisfies ArgumentOf<A>;

/** What to do, as the first word. */
export const action = <const Word extends string>(words: readonly Word[], summary: string) =>
  ({
    codec: oneOf('Action', words),
    positional: true,
    short: undefined,
    fallback: undefined,
    summary: `${summary}: ${words.join(', ')}`,
    words,
    looks: words.filter((word) => looking.includes(word)),
  }) satisfies ArgumentOf<Word>;

/** Actions that change nothing, whatever they are done to. */
const looking: readonly string[] = ['list', 'show', 'diff', 'check'];

/** A public key as text. Whether it is one, and a good one, the reader of keys says. */
export const publicKey = (summary: string) =>
  ({
    codec: text('PublicKey', /^(?!\s*$)[^\0]+$/, 'the armored public key, all its lines'),
    positional: true,
    short: undefined,
    multiline: true,
    fallback: undefined,
    summary,
  }) satisfies ArgumentOf<string>;

/** A certificate as text, or nothing. Whether it is one, its reader says. */
export const certificateText = (summary: string) =>
  ({
    ...maybe(text('Certificate', /^[^\0]{1,20000}$/, 'the certificate in PEM format, all its lines'), summary, false),
    multiline: true,
    // Whoever takes a file of both pastes their key beside it.
    isPrivate: true,
  }) satisfies ArgumentOf<string | undefined>;

export const maybeRepository = (summary: string) =>
  ({ ...maybe(RepositoryId, summary, false), short: 'R' }) satisfies ArgumentOf<RepositoryId | undefined>;

export const maybeFingerprint = (summary: string) =>
  maybe(Fingerprint, summary, false) satisfies ArgumentOf<Fingerprint | undefined>;

/** Names with commas between them, or nothing: `null` is no limit. */
export const limitedTo = <A extends string>(codec: t.Type<A, string, unknown>, summary: string) =>
  ({
    codec: new t.Type<readonly A[] | null, string, unknown>(
      `ListOf${codec.name}`,
      (input): input is readonly A[] | null => input === null || t.readonlyArray(codec).is(input),
      (input, context) => {
        const words = String(input)
          .split(/[,\s]+/)
          .filter((word) => word !== '');
        return words.length > mostNames
          ? t.failure(input, context, `at most ${mostNames} names`)
          : words.length === 0
            ? t.success(null)
            : t.readonlyArray(codec).validate([...new Set(words)], context);
      },
      (value) => (value ?? []).join(','),
    ),
    positional: false,
    short: undefined,
    fallback: '',
    summary,
  }) satisfies ArgumentOf<readonly A[] | null>;

/** An approval is one event, of less than 64 kB. */
const mostNames = 200;

/** From one day to a year. */
export const days = (summary: string): ArgumentOf<number> => ({
  codec: new t.Type<number, string, unknown>(
    'Days',
    (input): input is number => typeof input === 'number',
    (input, context) =>
      /^[1-9]\d{0,2}$/.test(String(input)) && Number(input) <= 366
        ? t.success(Number(input))
        : t.failure(input, context, 'a whole number from 1 to 366'),
    String,
  ),
  positional: false,
  short: undefined,
  fallback: '90',
  summary,
});
