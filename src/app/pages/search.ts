import type { World } from '../../projections/world.ts';
import { namesInOrder } from './names-in-order.ts';

/** Names of one answer. */
const mostNames = 50;

/** Source packages whose name holds `part`, in the order of the alphabet, those first that begin with it. */
export const searchPackages = ({ contents, uploads }: Pick<World, 'contents' | 'uploads'>) => {
  const installed = packageNames();
  return (part: string) => {
    const { inOrder, all } = installed(namesInOrder(contents.packages));
    const coming = [...uploads.open.values(), ...uploads.ended].flatMap(
      ({ received: { facts } }) => facts?.source ?? [],
    );
    const fresh = [...new Set<string>(coming)].filter((name) => !all.has(name));
    const names = fresh.length === 0 ? inOrder : [...inOrder, ...fresh].sort();
    const found = names.filter((name) => name.includes(part));
    const isFirst = (name: string): boolean => name.startsWith(part);
    const sorted = [...found.filter(isFirst), ...found.filter((name) => !isFirst(name))];
    return { names: sorted.slice(0, mostNames), found: found.length, isKnown: all.has(part) || fresh.includes(part) };
  };
};

/** Of `REPOSITORY SOURCE`, once for a list. */
const packageNames = () => {
  let of: readonly string[] | undefined;
  let names = { inOrder: [] as readonly string[], all: new Set<string>() };
  return (keys: readonly string[]) => {
    if (keys === of) return names;
    of = keys;
    const all = new Set(keys.map((key) => key.slice(key.indexOf(' ') + 1)));
    names = { inOrder: [...all].sort(), all };
    return names;
  };
};
