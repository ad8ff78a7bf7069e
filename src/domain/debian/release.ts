import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Refusal, refusal } from '../refusal.ts';
import { fieldOf, type Paragraph, parseDeb822 } from './deb822.ts';

/** A `Release` file as archives have it. Fields it lacks are `undefined`; lists are empty. */
export type Release = {
  readonly origin: string | undefined;
  readonly label: string | undefined;
  readonly suite: string | undefined;
  readonly codename: string | undefined;
  /** Of the distribution: `12.4`, or missing as in testing and unstable. */
  readonly version: string | undefined;
  readonly date: string | undefined;
  readonly validUntil: string | undefined;
  readonly architectures: readonly string[];
  readonly components: readonly string[];
};

/** Reads the text of a `Release`, or of an `InRelease` that a verifier returned. A large archive's has 50,000 lines. */
export const parseRelease = (text: string): Either<Refusal, Release> => {
  const paragraphs = parseDeb822(text, { characters: 33_554_432, lines: 400_000 });
  if (isLeft(paragraphs)) return paragraphs;
  const [only, ...more] = paragraphs.right;
  if (only !== undefined && more.length === 0) return right(fieldsOf(only));
  const fact = `the Release file has ${paragraphs.right.length} paragraphs instead of one`;
  return left(refusal('malformed-control-data', fact, 'check the address of the archive'));
};

const fieldsOf = (release: Paragraph): Release => {
  const words = (name: string) => (fieldOf(release, name) ?? '').split(/\s+/).filter((word) => word !== '');
  return {
    origin: fieldOf(release, 'Origin'),
    label: fieldOf(release, 'Label'),
    suite: fieldOf(release, 'Suite'),
    codename: fieldOf(release, 'Codename'),
    version: fieldOf(release, 'Version'),
    date: fieldOf(release, 'Date'),
    validUntil: fieldOf(release, 'Valid-Until'),
    architectures: words('Architectures'),
    components: words('Components'),
  };
};
