import { right } from 'fp-ts/lib/Either.js';
import { SourceName } from '../../domain/debian/names.ts';
import type { World } from '../../projections/world.ts';
import { type Offer, portOffers } from '../porting/offers.ts';
import { orNothing } from './arguments.ts';
import { type Command, command } from './command.ts';

/** `portupdates`: which ports have a newer version where they came from, and how it would be ported. */
export const portupdates = (world: World): Command =>
  command({
    name: 'portupdates',
    summary: 'Lists ports that have a newer version by now where they came from, and what porting it would make',
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

const plain = (offer: Offer): string => {
  const { source, distribution, ported, newer, archive, dsc, from, as, refusal, rule, isTried, failure } = offer;
  const tried = failure === null ? ', and was asked for already' : `, and could not be ported: ${failure}`;
  const command = dsc === null ? `port ${source} ${from} ${distribution}` : `portext ${dsc} ${distribution}`;
  const would =
    refusal === null
      ? `would be ported as ${as}${isTried ? tried : rule === 'build' ? ', by itself' : ''}: ${command}`
      : `would not be taken: ${refusal.fact} (${refusal.remedy})`;
  return `${source} ${newer} is in ${archive ?? from}, newer than ${ported}, which was ported to ${distribution}\n  ${would}\n`;
};
