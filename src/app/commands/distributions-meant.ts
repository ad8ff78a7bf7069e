import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { type Configuration, meaningsOf } from '../../domain/configuration/configuration.ts';
import { DistributionName } from '../../domain/debian/distribution.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { CommandDescription } from '../../ports/api.ts';

/** Distributions may be called by Debian's own names where a layout says what they mean. */
export const withMeanings = (
  { arguments: wanted }: Pick<CommandDescription, 'arguments'>,
  given: Readonly<Record<string, string>>,
  configuration: Configuration,
): Either<Refusal, Readonly<Record<string, string>>> => {
  const meant = { ...given };
  for (const { name, codec } of wanted) {
    const written = given[name];
    if (written === undefined || !codec.name.endsWith(DistributionName.name)) continue;
    const [only, ...more] = meaningsOf(configuration, written);
    if (more.length > 0) return left(ambiguous(written, [only, ...more].join(', ')));
    if (only !== undefined) meant[name] = only;
  }
  return right(meant);
};

const ambiguous = (written: string, meanings: string): Refusal =>
  refusal('ambiguous', `"${written}" may mean ${meanings}`, 'name one of them');
