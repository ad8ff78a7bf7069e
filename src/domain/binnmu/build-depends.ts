import { covers } from '../debian/architecture.ts';
import { fieldOf, type Paragraph } from '../debian/deb822.ts';
import type { Architecture } from '../debian/names.ts';

/**
 * Names of binary packages that an arch-any build of a source is made with on one architecture (Policy §7.7): `Build-Depends` and
 * `Build-Depends-Arch`, each alternative, unless its architectures or build profiles leave it out.
 */
export const buildDepends = (
  dsc: Paragraph,
  architecture: Architecture,
  profiles: readonly string[],
): ReadonlySet<string> =>
  new Set(
    ['Build-Depends', 'Build-Depends-Arch']
      .flatMap((field) => (fieldOf(dsc, field) ?? '').split(','))
      .flatMap((relation) => relation.split('|'))
      .flatMap((alternative) => nameIn(alternative, architecture, profiles) ?? []),
  );

/** The names in a field such as `Depends` of a binary package. */
export const namesIn = (field: string): readonly string[] =>
  field
    .split(',')
    .flatMap((relation) => relation.split('|'))
    .flatMap((alternative) => plainName.exec(alternative.trim())?.[0] ?? []);

const plainName = /^[a-z0-9][a-z0-9+.-]+/;

const nameIn = (alternative: string, architecture: Architecture, profiles: readonly string[]): string | undefined => {
  const [name] = plainName.exec(alternative.trim()) ?? [];
  const [, architectures] = /\[([^\]]*)\]/.exec(alternative) ?? [];
  const groups = [...alternative.matchAll(/<([^>]*)>/g)].map(([, words = '']) => words);
  const isMeant =
    (architectures === undefined || isFor(architectures, architecture)) &&
    (groups.length === 0 || groups.some((words) => isActive(words, profiles)));
  return isMeant ? name : undefined;
};

/** `amd64 arm64`, or `!hurd-any`: what is not known to be another one is taken for it. */
const isFor = (words: string, architecture: Architecture): boolean => {
  const all = words.split(/\s+/).filter((word) => word !== '');
  const isNegated = all.every((word) => word.startsWith('!'));
  return isNegated
    ? !all.some((word) => covers(word.slice(1), architecture))
    : all.some((word) => covers(word, architecture));
};

const isActive = (words: string, profiles: readonly string[]): boolean =>
  words
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => (word.startsWith('!') ? !profiles.includes(word.slice(1)) : profiles.includes(word)));
