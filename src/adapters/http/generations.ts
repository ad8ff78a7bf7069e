import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** The tree that apt sees now. */
export type Generation = {
  /** Where `dists` or `pool` really lies. */
  readonly base: string;
  /** When this became what apt sees: milliseconds; 0 where nothing tells. */
  readonly switchedAt: number;
};

/**
 * Finds the published generation of a request: one look at the link that names it, and only when it was put there anew
 * all the way down. Throws when there is none.
 */
export const generations = (): ((root: string, area: 'dists' | 'pool') => Generation) => {
  const known = new Map<string, { readonly mark: string; readonly generation: Generation }>();
  return (root, area) => {
    const { mark, switchedAt } = look(root);
    const key = `${area} ${root}`;
    const last = known.get(key);
    if (last !== undefined && last.mark === mark) return last.generation;
    const generation = { base: realpathSync.native(join(root, area)), switchedAt };
    // Switched between the look and the way down: right for this request, but not to be remembered under this mark.
    if (switchedAt > 0 && look(root).mark === mark) known.set(key, { mark, generation });
    return generation;
  };
};

const look = (root: string): { readonly mark: string; readonly switchedAt: number } => {
  const link = lstatSync(root);
  return { mark: `${link.ino} ${link.ctimeMs}`, switchedAt: link.isSymbolicLink() ? link.ctimeMs : 0 };
};
