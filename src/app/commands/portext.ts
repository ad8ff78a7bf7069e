import { isLeft } from 'fp-ts/lib/Either.js';
import type { FileStore } from '../../ports/file-store.ts';
import { type FetchParts, fetchDsc } from '../porting/fetch-dsc.ts';
import { planForeignPort } from '../porting/plan-port.ts';
import { flag } from './arguments.ts';
import { type Command, command } from './command.ts';
import type { PortCommandParts } from './port.ts';
import { address, distributionList, portOptions } from './port-arguments.ts';
import { requestAll, wishFor } from './request-ports.ts';

export type PortextParts = PortCommandParts & FetchParts & { readonly files: FileStore };

/** `portext`: a source package from elsewhere. */
export const portext = (parts: PortextParts): Command =>
  command({
    name: 'portext',
    summary:
      'Ports a source package from elsewhere: from a public address, or where the instance is configured to fetch from',
    arguments: {
      dsc: address('URL of its .dsc, or a path on the host'),
      distributions: distributionList('Distributions to port it to, with commas between them'),
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
      const found = await fetchDsc(given.dsc, parts);
      if (isLeft(found)) return found;
      const { toBe, dsc, signature } = found.right;
      const origin = { kind: 'external', url: given.dsc, signature } as const;
      const plan = planForeignPort(parts.world, { origin, dsc, file: toBe.file }, given.distributions, wish.right);
      if (isLeft(plan)) return plan;
      if (!given['dry-run']) await toBe.keep(parts.files);
      return requestAll(plan.right, given, actor, parts);
    },
  });
