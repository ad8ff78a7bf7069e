import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { payer } from '../../domain/account/caller.ts';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import { refusal } from '../../domain/refusal.ts';
import { compared, type Kind, kinds, rowOf } from '../pages/compared.ts';
import type { DistributionAt } from '../pages/distribution-at.ts';
import { comparedLength, pageOf } from '../pages/listing.ts';
import { choice, distribution } from './arguments.ts';
import { type Command, command } from './command.ts';
import { maybe } from './history-arguments.ts';
import { listArguments, maybePage, partOfName } from './list-arguments.ts';
import { WrittenPast } from './retention-arguments.ts';
import type { SnapshotParts } from './snapshot-parts.ts';
import { table } from './table.ts';

const when = 'a time in UTC, an event id or a name; without it, now';

/** `compare`: what differs between two suites of a repository, their rollbacks, or two times of one. */
export const compare = ({ world, past }: SnapshotParts): Command =>
  command({
    name: 'compare',
    summary:
      'Lists which source packages differ between two distributions of a repository, or between two times of one',
    arguments: {
      one: distribution('The first distribution'),
      other: distribution('The second distribution; the same as the first to compare two times'),
      'one-at': maybe(WrittenPast, `The first as at ${when}`),
      'other-at': maybe(WrittenPast, `The second as at ${when}`),
      kind: choice(
        ['all', ...kinds],
        'Only sources in another version, in the same with other packages (binNMUs), or only in the first or the second',
        'k',
      ),
      name: listArguments.name,
      page: maybePage,
    },
    privilege: 'none',
    run: async (given, _actor, caller) => {
      const from = payer(caller);
      const { repository } = parseDistribution(given.one);
      const one = { distribution: given.one, at: given['one-at'] };
      const other = { distribution: given.other, at: given['other-at'] };
      const found = await compared(world, past, { repository, from, one, other, name: partOfName(given) });
      if (found === undefined) return left(notBoth(repository));
      if (isLeft(found)) return left(found.left.because);
      const all = found.right.differences.filter(({ kind }) => given.kind === 'all' || kind === given.kind);
      const list = given.page === undefined ? { items: all } : pageOf(all, given.page, comparedLength);
      const { items, ...where } = list;
      const packages = items.map(rowOf);
      const sides = { one: sideOf(one, found.right.one), other: sideOf(other, found.right.other) };
      return right({
        json: { repository, ...sides, same: found.right.same, found: all.length, ...where, packages },
        plain: table(headings, packages.map(cells), 'No differences.'),
      });
    },
  });

type AnswerOfSide = {
  readonly distribution: string;
  readonly publication: string | null;
  readonly publishedAt: string | null;
};

const sideOf = (
  { distribution: name }: { readonly distribution: string },
  { publication }: DistributionAt,
): AnswerOfSide => ({
  distribution: name,
  publication: publication?.id ?? null,
  publishedAt: publication?.at ?? null,
});

const headings = ['Source', 'How', 'First', 'Second', 'Newer'];

const cells = ({ source, kind, one, other, newer, oneOn, otherOn }: ReturnType<typeof rowOf>): readonly string[] => [
  source,
  says[kind],
  withPackages(one, oneOn),
  withPackages(other, otherOn),
  newer === undefined ? '' : newer === 'one' ? 'first' : 'second',
];

/** `2.10-3 (amd64 +b1, arm64)`. */
const withPackages = (version = '-', on: readonly string[] | undefined): string =>
  on === undefined ? version : `${version} (${on.join(', ')})`;

const says: Readonly<Record<Kind, string>> = {
  differs: 'other version',
  packages: 'other packages',
  'only-one': 'only in the first',
  'only-other': 'only in the second',
};

const notBoth = (repository: string) =>
  refusal(
    'no-distribution',
    `these are not two distributions that the repository "${repository}" has`,
    'see distributions: both are to be of one repository',
  );
