import type { NodeName } from '../domain/node/events.ts';
import { noTemplates } from './templates.ts';
import type { World } from './world.ts';

/** The world as it is for whoever builds at a node: its chroots are those there. */
export const asSeenFrom = (world: World, node: NodeName): World => {
  const here = world.nodes.get(node)?.templates;
  return { ...world, templates: here?.builds ?? noTemplates(), checkTemplates: here?.checks ?? noTemplates() };
};
