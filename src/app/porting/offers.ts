import { isLeft } from 'fp-ts/lib/Either.js';
import type { SourceName } from '../../domain/debian/names.ts';
import { overtakenPorts } from '../../projections/followed-ports.ts';
import type { World } from '../../projections/world.ts';
import { versionThere } from './plan-port.ts';

/** Ports whose archive has a newer version, with what porting that would make; of one package, or of all. */
export const portOffers = (world: World, of?: SourceName) =>
  overtakenPorts(world, of)
    .map(({ requested: { source, version: ported, to }, overtaken: { version, archive, url }, isTried }) => {
      const as = versionThere(world, source, version, to);
      return {
        source: source as string,
        distribution: to as string,
        ported: ported as string,
        newer: version as string,
        archive: archive as string,
        dsc: url,
        /** The version that it would get there; null where it may not go. */
        as: isLeft(as) ? null : (as.right as string),
        refusal: isLeft(as) ? as.left : null,
        /** Whether somebody, or a rule, asked for it already. */
        isTried,
      };
    })
    .toSorted((one, other) => (one.source < other.source ? -1 : 1));
