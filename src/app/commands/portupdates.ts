import { right } from 'fp-ts/lib/Either.js';
import { SourceName } from '../../domain/debian/names.ts';
import type { World } from '../../projections/world.ts';
import { portOffers } from '../porting/offers.ts';
import { orNothing } from './arguments.ts';
import { type Command, command } from './command.ts';

/** `portupdates`: which ports from elsewhere have a newer version where they came from, and how it would be ported. */
export const portupdates = (world: World): Command =>
  command({
    name: 'portupdates',
    summary: 'Lists ports from elsewhere whose archive has a newer version by now, and what porting it would make',
    arguments: {
      package: {
        codec: orNothing(SourceName),
        positional: true,
        short: undefined,
        fallback: '',
        summary: 'Only of this source package',
      },
    },
    privilege: 'staff',
    run: (given) => {
      const offers = portOffers(world, given.package);
      return right({ json: { offers }, plain: offers.map(plain).join('') });
    },
  });

const plain = (offer: ReturnType<typeof portOffers>[number]): string => {
  const { source, distribution, ported, newer, archive, dsc, as, refusal, isTried } = offer;
  const would =
    refusal === null
      ? `would be ported as ${as}${isTried ? ', and was asked for already' : ''}: portext ${dsc} ${distribution}`
      : `would not be taken: ${refusal.fact} (${refusal.remedy})`;
  return `${source} ${newer} is in ${archive}, newer than ${ported}, which was ported to ${distribution}\n  ${would}\n`;
};
