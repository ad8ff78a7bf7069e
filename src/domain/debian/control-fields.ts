import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { decode } from '../codec.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { fieldOf, type Paragraph, parseDeb822 } from './deb822.ts';

/** The one paragraph that a `.changes` or `.dsc` consists of. */
export const onlyParagraph = (text: string): Either<Refusal, Paragraph> => {
  const paragraphs = parseDeb822(text);
  if (isLeft(paragraphs)) return paragraphs;
  const [only, ...more] = paragraphs.right;
  return only === undefined || more.length > 0
    ? left(
        refusal(
          'malformed-control-data',
          `the file has ${paragraphs.right.length} paragraphs instead of one`,
          'remove empty lines from the file, or make it anew',
        ),
      )
    : right(only);
};

/** A field that has to be there and to obey `codec`. */
export const readField = <A>(paragraph: Paragraph, name: string, codec: t.Decoder<unknown, A>): Either<Refusal, A> => {
  const value = fieldOf(paragraph, name);
  if (value === undefined) {
    return left(refusal('missing-field', `there is no field ${name}`, `add the field ${name} (Policy §5)`));
  }
  const decoded = decode(codec, value);
  return isLeft(decoded)
    ? left(refusal('malformed-field', `${name}: ${decoded.left.join('; ')}`, `correct the field ${name}`))
    : decoded;
};

/** Words between blanks or line ends: `amd64`, `any-arm64`, `source`. At most 100 of them, none twice. */
export const architectureWords = (paragraph: Paragraph): Either<Refusal, readonly string[]> => {
  const value = fieldOf(paragraph, 'Architecture');
  if (value === undefined) {
    return left(
      refusal('missing-field', 'there is no field Architecture', 'add the field Architecture (Policy §5.6.8)'),
    );
  }
  const words = value.split(/\s+/).filter((word) => word !== '');
  const odd = words.find((word) => !/^[a-z0-9][a-z0-9-]{1,31}$/.test(word));
  return words.length === 0 || words.length > 100 || odd !== undefined || new Set(words).size < words.length
    ? left(
        refusal(
          'malformed-field',
          `Architecture: ${JSON.stringify(value.slice(0, 80))} is not a list of different architectures`,
          'correct the field Architecture (Policy §5.6.8)',
        ),
      )
    : right(words);
};
