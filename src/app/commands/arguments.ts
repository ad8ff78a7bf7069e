import * as t from 'io-ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { Codename, SourceName, Version } from '../../domain/debian/names.ts';
import type { ArgumentOf } from './command.ts';

/** `true`, `1`, `yes`, `on` and their opposites, as query strings and forms write them. */
const Flag = new t.Type<boolean, string, unknown>(
  'Flag',
  (input): input is boolean => typeof input === 'boolean',
  (input, context) => {
    const word = String(input).toLowerCase();
    if (['true', '1', 'yes', 'on', ''].includes(word)) return t.success(true);
    if (['false', '0', 'no', 'off'].includes(word)) return t.success(false);
    return t.failure(input, context, 'true or false');
  },
  String,
);

/**
 * A regular expression over short names; `*` alone is all of them. Strangers write it, so it may hold only what cannot run away:
 * no groups, no more than three repetitions.
 */
const patternMatched = (asWritten: (pattern: string) => RegExp) =>
  new t.Type<RegExp, string, unknown>(
    'NamePattern',
    (input): input is RegExp => input instanceof RegExp,
    (input, context) => {
      const isTame =
        typeof input === 'string' &&
        /^[A-Za-z0-9_.*+?|\\-]{0,100}$/.test(input) &&
        (input.match(/[*+?]/g)?.length ?? 0) <= 3;
      try {
        if (isTame) return t.success(asWritten(input === '*' ? '.*' : input));
      } catch {
        // Falls through to the one answer for all patterns that are no good.
      }
      return t.failure(input, context, 'letters, digits and at most three of * + ?, alternatives with |');
    },
    ({ source }) => source,
  );

const NamePattern = patternMatched((pattern) => new RegExp(`^(?:${pattern})$`));
const NameSearch = patternMatched((pattern) => new RegExp(pattern));

/** A shell pattern over names and versions: `*` any characters, `?` one. */
const Glob = new t.Type<(name: string) => boolean, string, unknown>(
  'Glob',
  (input): input is (name: string) => boolean => typeof input === 'function',
  (input, context) =>
    typeof input === 'string' && /^[A-Za-z0-9+.~:_*?-]{1,128}$/.test(input)
      ? t.success(matching(input))
      : t.failure(input, context, 'a name or version, in which * stands for any characters and ? for one'),
  String,
);

/** Most names differ in what stands before the first wildcard, and are not looked at further. */
const matching = (pattern: string): ((name: string) => boolean) => {
  const beginning = /^[^*?]*/.exec(pattern)?.[0] ?? '';
  return (name) => name.startsWith(beginning) && matchesGlob(pattern, name);
};

/** Two pointers and one way back, so that no pattern costs more than pattern times name. */
export const matchesGlob = (pattern: string, name: string): boolean => {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < name.length) {
    if (at < pattern.length && (pattern[at] === '?' || (pattern[at] === name[index] && pattern[at] !== '*'))) {
      at += 1;
      index += 1;
    } else if (pattern[at] === '*') {
      star = at;
      resume = index;
      at += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
};

export const flag = (summary: string, short?: string): ArgumentOf<boolean> => ({
  codec: Flag,
  positional: false,
  short,
  fallback: 'false',
  summary,
});

/** Matched anywhere in a name, as `grep` does. */
export const nameSearch = (summary: string, short: string): ArgumentOf<RegExp> => ({
  ...namePattern(summary, short),
  codec: NameSearch,
});

export const namePattern = (summary: string, short: string): ArgumentOf<RegExp> => ({
  codec: NamePattern,
  positional: false,
  short,
  fallback: '.*',
  summary,
});

/** Versions that match, in which `.` and `+` stand for themselves; all of them when nothing is said. */
export const versionGlob = (summary: string, short: string): ArgumentOf<(version: string) => boolean> => ({
  codec: Glob,
  positional: false,
  short,
  fallback: '*',
  summary,
});

export const glob = (summary: string): ArgumentOf<(name: string) => boolean> => ({
  codec: Glob,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

export const sourceName = (summary: string): ArgumentOf<SourceName> => ({
  codec: SourceName,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

/** So many packages may stand in one list. */
const mostNames = 200;

const SourceNames = new t.Type<readonly SourceName[], string, unknown>(
  'SourceNames',
  (input): input is readonly SourceName[] => Array.isArray(input) && input.every(SourceName.is),
  (input, context) => {
    const names = [...new Set(String(input).split(','))];
    return typeof input === 'string' && names.length <= mostNames && names.every(SourceName.is)
      ? t.success(names as readonly SourceName[])
      : t.failure(input, context, `at most ${mostNames} names of source packages, separated by commas`);
  },
  (names) => names.join(','),
);

/** One or several, each once. */
export const sourceNames = (summary: string): ArgumentOf<readonly SourceName[]> => ({
  codec: SourceNames,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

export const distribution = (summary: string): ArgumentOf<DistributionName> => ({
  codec: DistributionName,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

/** What `codec` takes, or an empty text for nothing. */
export const orNothing = <A extends string>(codec: t.Type<A, string, unknown>) =>
  new t.Type<A | undefined, string, unknown>(
    `Maybe${codec.name}`,
    (input): input is A | undefined => input === undefined || codec.is(input),
    (input, context) => (input === '' ? t.success(undefined) : codec.validate(input, context)),
    (value) => value ?? '',
  );

/** One of a few words. `name` is what a refusal calls it. */
export const oneOf = <const Word extends string>(name: string, words: readonly Word[]) =>
  new t.Type<Word, string, unknown>(
    name,
    (input): input is Word => words.includes(input as Word),
    (input, context) =>
      words.includes(input as Word)
        ? t.success(input as Word)
        : t.failure(input, context, `one of ${words.join(', ')}`),
    String,
  );

/** A version, or nothing: then the command means the one that is there. */
export const maybeVersion = (summary: string): ArgumentOf<Version | undefined> => ({
  codec: orNothing(Version),
  positional: false,
  short: 'V',
  fallback: '',
  summary,
});

/** Any of them when nothing is said. */
export const maybeDistribution = (summary: string): ArgumentOf<DistributionName | undefined> => ({
  codec: orNothing(DistributionName),
  positional: false,
  short: 'D',
  fallback: '',
  summary,
});

export const codename = (summary: string): ArgumentOf<Codename> => ({
  codec: Codename,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

/** One of a few words. */
export const choice = <const Word extends string>(
  words: readonly [Word, ...Word[]],
  summary: string,
  short?: string,
): ArgumentOf<Word> => ({
  codec: oneOf('Choice', words),
  positional: false,
  short,
  fallback: words[0],
  summary,
  words,
});

/** One of a few words, which has to be said. */
export const positionalChoice = <const Word extends string>(
  words: readonly [Word, ...Word[]],
  summary: string,
): ArgumentOf<Word> => ({ ...choice(words, summary), positional: true, fallback: undefined });
