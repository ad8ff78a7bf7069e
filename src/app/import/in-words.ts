import type { Difference } from '../../domain/configuration/declaration/difference.ts';
import { sentence } from '../../domain/refusal.ts';
import { paragraphs } from '../configuration/reconfigure.ts';
import type { Found, Planned } from './find.ts';

/** So many entries are named one by one. */
const mostNamed = 200;

/** What was found, what has to be configured for it, and what is refused. */
export const foundInWords = (
  { suites }: Found,
  { refused, files }: Planned,
  differences: readonly Difference[],
): string =>
  [
    ...suites.map(
      ({ suite, distribution, sources, binaries, date, isSigned }) =>
        `${suite}${suite === distribution ? '' : ` becomes ${distribution}`}: ${sources.length} sources, ${binaries.length} entries of binaries, ${isSigned ? 'signed' : 'unsigned'}${date === null ? '' : `, of ${date}`}\n`,
    ),
    paragraphs(differences),
    ...refused
      .slice(0, mostNamed)
      .map(({ suite, about, because }) => `refused: ${suite}: ${about}: ${sentence(because)}\n`),
    ...(refused.length > mostNamed ? [`refused: ${refused.length - mostNamed} more\n`] : []),
    `${files.length} files of ${files.reduce((all, { size }) => all + size, 0)} bytes\n`,
  ].join('');
