import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { payer } from '../../domain/account/caller.ts';
import { parseDistribution } from '../../domain/debian/distribution.ts';
import { refusal } from '../../domain/refusal.ts';
import { distributionPage } from '../pages/distribution-page.ts';
import { Packages } from './answer-shapes.ts';
import { distribution } from './arguments.ts';
import { type Command, command } from './command.ts';
import { maybe } from './history-arguments.ts';
import { listArguments, listAsked, whereInList } from './list-arguments.ts';
import { WrittenPast } from './retention-arguments.ts';
import type { SnapshotParts } from './snapshot-parts.ts';
import { table } from './table.ts';

/** `packages`: what one distribution holds, now or as apt saw it: what its page lists. */
export const packagesOfDistribution = ({ world, past }: SnapshotParts): Command => {
  const found = distributionPage(world, past);
  return command({
    name: 'packages',
    answer: Packages,
    summary: 'Lists the source packages of one distribution, now or as apt saw it at a time, a page at a time',
    arguments: {
      distribution: distribution('The distribution, or one of its rollbacks'),
      at: maybe(WrittenPast, 'As it was then: a time in UTC, an event id or a name; without it, now'),
      ...listArguments,
    },
    privilege: 'none',
    run: async ({ distribution: name, at, ...list }, _actor, caller) => {
      const from = payer(caller);
      const { repository } = parseDistribution(name);
      const model = await found({ repository, distribution: name, at, from, ...listAsked(list) });
      if (model === undefined) return left(notThere(name));
      if (isLeft(model)) return left(model.left.because);
      const { when, ended, page, pages, found: all, items, migratesAfterDays } = model.right;
      const isMoving = migratesAfterDays > 0 && ended === undefined;
      return right({
        json: {
          distribution: name,
          at: when.time ?? null,
          ended: ended ?? null,
          page,
          pages,
          found: all,
          packages: items,
        },
        plain: `${ended === undefined ? '' : `${name} is there no more since ${ended}; this is how apt saw it at ${when.time}.\n`}${table(
          ['Source', 'Version', 'Since', 'Component', 'Architectures', ...(isMoving ? ['By itself'] : [])],
          items.map((each) => [
            each.source,
            each.version,
            each.since?.slice(0, 16) ?? '',
            each.component,
            each.architectures.join(' '),
            ...(isMoving ? [each.byItself ?? ''] : []),
          ]),
          'None.',
        )}${whereInList(model.right)}`,
      });
    },
  });
};

const notThere = (name: string) =>
  refusal('no-distribution', `there is no distribution ${name}`, 'see distributions for those that are');
