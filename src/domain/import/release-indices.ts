import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Instant, instant } from '../codec.ts';
import { fieldOf, linesOf, type Paragraph, parseDeb822 } from '../debian/deb822.ts';
import { Component, Sha256 } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';

/** How an index is packed, in the order in which we like to read it. */
const packings = ['', '.gz', '.xz'] as const;
export type Packing = (typeof packings)[number];

/** A file that a `Release` vouches for, below the suite's folder. */
export type IndexFile = {
  readonly path: string;
  readonly packing: Packing;
  readonly size: number;
  readonly sha256: Sha256;
};

/** An index as a `Release` names it: of its forms at least one is there, the plain one mostly not. */
export type NamedIndex = {
  readonly component: Component;
  readonly holds: 'sources' | 'binaries';
  /** As we like to read it first. */
  readonly forms: readonly IndexFile[];
};

/** What a `Release` says that an import goes by. */
export type ImportedRelease = {
  readonly date: Instant | null;
  readonly notAutomatic: boolean;
  readonly butAutomaticUpgrades: boolean;
  readonly indices: readonly NamedIndex[];
};

/** A large archive's has 50,000 lines. */
const bounds = { characters: 33_554_432, lines: 400_000 };

/** Whether a `Release` has to be that of its suite, and still be valid at `now`. */
export type ReleaseRules = { readonly anyRelease: boolean; readonly now: number };

/** Reads the text of a `Release`. Files of components that cannot be one of ours make a refusal, others than indices are passed over. */
export const readRelease = (suite: string, text: string, rules: ReleaseRules): Either<Refusal, ImportedRelease> => {
  const paragraphs = parseDeb822(text, bounds);
  if (isLeft(paragraphs)) return left(malformed(suite, paragraphs.left.fact));
  const [only, ...more] = paragraphs.right;
  if (only === undefined || more.length > 0) return left(malformed(suite, 'it has other than one paragraph'));
  const stray = rules.anyRelease ? undefined : strayRelease(suite, only, rules.now);
  if (stray !== undefined) return left(stray);
  const list = fieldOf(only, 'SHA256');
  if (list === undefined) {
    return left(refusal('weak-digest', `${suite}: its Release names no file by SHA-256`, 'have it published anew'));
  }
  const indices = indicesIn(suite, list);
  if (isLeft(indices)) return indices;
  const time = Date.parse(fieldOf(only, 'Date') ?? '');
  return right({
    date: Number.isNaN(time) ? null : instant(time),
    notAutomatic: fieldOf(only, 'NotAutomatic') === 'yes',
    butAutomaticUpgrades: fieldOf(only, 'ButAutomaticUpgrades') === 'yes',
    indices: indices.right,
  });
};

/** A signature is over a `Release`, not over where it lies: that of another suite, or of long ago, is as well signed. */
const strayRelease = (suite: string, release: Paragraph, now: number): Refusal | undefined => {
  const names = ['Suite', 'Codename'].flatMap((field) => fieldOf(release, field)?.trim() ?? []);
  if (names.length > 0 && !names.includes(suite))
    return refusal(
      'other-suite',
      `${suite}: its Release says that it is of ${[...new Set(names)].join(', ').slice(0, 120)}`,
      `see that it lies where it belongs; ${anyRelease}`,
    );
  const until = fieldOf(release, 'Valid-Until');
  return until !== undefined && Date.parse(until) < now
    ? refusal(
        'expired-release',
        `${suite}: its Release was valid until ${until.slice(0, 60)}`,
        `have it published anew; ${anyRelease}`,
      )
    : undefined;
};

const anyRelease = 'or take it nevertheless: --any-release';

const malformed = (suite: string, fact: string): Refusal =>
  refusal('malformed-release', `${suite}: ${fact}`, 'have the repository published anew');

const pattern =
  /^(?:(?<component>[^/]+(?:\/[^/]+)*?)\/(?:debian-installer\/)?(?:binary-[a-z0-9-]+\/Packages|source\/Sources))(?<packing>\.[a-z0-9]+)?$/;

const indicesIn = (suite: string, list: string): Either<Refusal, readonly NamedIndex[]> => {
  const found = new Map<string, { component: Component; forms: IndexFile[] }>();
  for (const line of linesOf(list)) {
    const [sha256 = '', size = '', path = '', ...rest] = line.trim().split(/[ \t]+/);
    const groups = pattern.exec(path)?.groups;
    if (groups === undefined) continue;
    const { component = '', packing = '' } = groups;
    if (rest.length > 0 || !Sha256.is(sha256) || !/^\d{1,15}$/.test(size))
      return left(malformed(suite, `its list of files has the line "${line.slice(0, 120)}"`));
    if (!Component.is(component)) return left(strange(suite, component));
    const plain = path.slice(0, path.length - packing.length);
    const index = found.get(plain) ?? { component, forms: [] };
    found.set(plain, index);
    if (isPacking(packing)) index.forms.push({ path, packing, size: Number(size), sha256 });
  }
  const unread = [...found].find(([, { forms }]) => forms.length === 0);
  if (unread !== undefined)
    return left(malformed(suite, `${unread[0]} is packed in no way that is read here (plain, gz, xz)`));
  return right(
    [...found].map(([plain, { component, forms }]) => ({
      component,
      holds: plain.endsWith('/Sources') ? 'sources' : 'binaries',
      forms: forms.toSorted((one, other) => packings.indexOf(one.packing) - packings.indexOf(other.packing)),
    })),
  );
};

const isPacking = (text: string): text is Packing => (packings as readonly string[]).includes(text);

const strange = (suite: string, component: string): Refusal =>
  refusal(
    'unknown-component',
    `${suite} has the component "${component.slice(0, 60)}", and components here are words such as main`,
    'have it published under another name, or leave the suite out: --suites',
  );
