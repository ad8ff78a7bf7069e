import { isLeft } from 'fp-ts/lib/Either.js';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { planPort } from '../porting/plan-port.ts';
import { distribution, flag, maybeVersion, sourceName } from './arguments.ts';
import { type Command, command } from './command.ts';
import { distributionList, portOptions } from './port-arguments.ts';
import { requestAll, wishFor } from './request-ports.ts';

export type PortCommandParts = Voice & { readonly world: World; readonly now: () => number };

/** `port`: a package of ours into other distributions, or built again where it is. */
export const port = (parts: PortCommandParts): Command =>
  command({
    name: 'port',
    summary:
      'Ports a source package to other distributions, with a changelog entry and nothing else changed; into its own, rebuilds it',
    arguments: {
      package: sourceName('Source package'),
      from_distribution: distribution('Distribution that has it'),
      to_distributions: distributionList('Distributions to port it to, with commas between them'),
      version: maybeVersion('Only this version'),
      options: portOptions,
      'dry-run': flag('Only shows what would be', 'n'),
    },
    privilege: 'staff',
    changes: true,
    needsEngine: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const wish = wishFor(given.options, parts.now());
      if (isLeft(wish)) return wish;
      const plan = planPort(
        parts.world,
        given.package,
        given.from_distribution,
        given.version,
        given.to_distributions,
        wish.right,
      );
      return isLeft(plan) ? plan : requestAll(plan.right, given, actor, parts);
    },
  });
