import type { BinNmuFacts } from '../../domain/buildrequest/travelling-binnmu.ts';
import type { BuildOrder } from '../../ports/builder.ts';

/**
 * What the helper is asked for one attempt; the helper makes sbuild's arguments of it. Throws for an order without a `.dsc` in front, which
 * no duty makes.
 */
export const buildRequest = (order: BuildOrder): object => {
  const dsc = order.sources[0]?.name;
  if (dsc === undefined || !dsc.endsWith('.dsc')) throw new Error(`the order for build ${order.build} names no .dsc`);
  return {
    verb: 'run-build',
    build: order.build,
    attempt: String(order.attempt),
    codename: order.codename,
    architecture: order.architecture,
    archAll: order.archAll,
    distribution: order.distribution,
    dsc,
    aptSources: order.aptSources,
    aptPreferences: order.aptPreferences,
    aptCertificates: order.aptCertificates ?? '',
    upgrade: prefersNewer(order.aptPreferences),
    recipe: { ...order.recipe, jobs: order.recipe.jobs === null ? null : String(order.recipe.jobs) },
    ...(order.binNmu === undefined ? {} : { binNmu: binNmuRequest(order.binNmu) }),
  };
};

const binNmuRequest = ({ number, reason, by, at }: BinNmuFacts): object => ({
  number: String(number),
  since: String(Math.floor(Date.parse(at) / 1000)),
  by,
  reason,
});

/**
 * Whether a pin wants newer versions than the template holds. Below 100 apt leaves alone what is installed
 * (apt_preferences(5)), and then a build whose needs the template meets can do without package lists.
 */
const prefersNewer = (preferences: string): boolean =>
  [...preferences.matchAll(/^Pin-Priority:\s*(-?\d+)/gim)].some(([, priority]) => Number(priority) >= 100);
