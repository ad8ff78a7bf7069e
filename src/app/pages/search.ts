import type { World } from '../../projections/world.ts';

/** Names of one answer. */
const mostNames = 50;

/** Source packages whose name holds `part`, in the order of the alphabet, those first that begin with it. */
export const searchPackages =
  ({ contents, uploads }: Pick<World, 'contents' | 'uploads'>) =>
  (part: string) => {
    const names = new Set<string>();
    const consider = (name: string | undefined): void => {
      if (name?.includes(part) === true) names.add(name);
    };
    for (const key of contents.packages.keys()) consider(key.slice(key.indexOf(' ') + 1));
    for (const { received } of uploads.open.values()) consider(received.facts?.source);
    for (const { received } of uploads.ended) consider(received.facts?.source);
    const rank = (name: string): string => (name.startsWith(part) ? `0${name}` : `1${name}`);
    const sorted = [...names].sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
    return { names: sorted.slice(0, mostNames), found: sorted.length, isKnown: names.has(part) };
  };
