import type { Target } from '../configuration/configuration.ts';
import { defaultVersion, mandatoryVersion } from '../configuration/version-rule.ts';
import type { Version } from '../debian/names.ts';

/**
 * The version of a rebuild: the same with `+rebuiltSTAMP`, instead of an earlier such mark. `stamp` is the time in UTC as
 * `YYYYMMDDHHMMSS`.
 */
export const rebuiltVersion = (version: Version, stamp: string): Version => {
  const mark = `+rebuilt${stamp}`;
  return replaceLast(version, /\+rebuilt\d{14}/g, () => mark) ?? appended(version, mark);
};

/** The same before it was rebuilt. */
export const beforeRebuilds = (version: Version): Version => version.replace(/\+rebuilt\d{14}$/, '') as Version;

/**
 * The version of a port between our own distributions: what the suite it comes from demands gives way to what the suite it goes
 * to wants, and `+D` is kept (`1.2-1~test10+4fud15` becomes `1.2-1~test9+4fud15`). Where the new suite's rule does not take
 * that `+D`, as between suites that are experimental and those that are not, it gets the suite's default.
 */
export const portedVersion = (version: Version, from: Target, to: Target): Version => {
  const plain = defaultVersion(to);
  const replaced = (mark: (old: string) => string): Version =>
    replaceLast(version, everywhere(mandatoryVersion(from)), mark) ?? appended(version, plain);
  const kept = replaced((old) => withNumberOf(old, plain));
  return mandatoryVersion(to).test(kept) ? kept : replaced(() => plain);
};

/** The version of what comes from outside: the suite's default behind it. */
export const foreignVersion = (version: Version, to: Target): Version => appended(version, defaultVersion(to));

const appended = (version: Version, mark: string): Version => `${version}${mark}` as Version;

const withNumberOf = (old: string, plain: string): string => {
  const number = [...old.matchAll(/\+\d/g)].at(-1)?.[0];
  return number === undefined ? plain : (replaceLast(plain, /\+\d/g, () => number) ?? plain);
};

const everywhere = (rule: RegExp): RegExp => new RegExp(rule.source, 'g');

/** The rightmost match replaced; `undefined` without one. */
const replaceLast = (text: string, pattern: RegExp, by: (old: string) => string): Version | undefined => {
  const last = [...text.matchAll(pattern)].at(-1);
  if (last === undefined) return undefined;
  return `${text.slice(0, last.index)}${by(last[0])}${text.slice(last.index + last[0].length)}` as Version;
};
