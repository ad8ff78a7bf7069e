import { createHash } from 'node:crypto';
import type { KeptPath } from '../../src/domain/backup/manifest.ts';
import type { KeptThings } from '../../src/ports/standby.ts';

type Held = Map<KeptPath, { readonly mode: number; readonly bytes: string }>;

/** Keys, people and hooks of an archive, in memory. */
export type MemoryKept = {
  readonly held: Held;
  readonly look: () => Promise<KeptThings & { readonly turn: number }>;
};

export const memoryKept = (): MemoryKept => {
  const held: Held = new Map();
  let turn = 0;
  return {
    held,
    look: async () => {
      turn += 1;
      const files = [...held].map(([path, { mode, bytes }]) => ({ path, mode, bytes })).sort(byPath);
      return { tag: createHash('sha256').update(JSON.stringify(files)).digest('hex'), files, turn };
    },
  };
};

const byPath = (one: { readonly path: string }, other: { readonly path: string }): number =>
  one.path < other.path ? -1 : 1;

export const peoplePath = 'people/people.sqlite' as KeptPath;

/** How many states of people are kept beside them. */
const mostBeside = 3;

/** Those of a standby: as they were taken last, with what may not be lost beside them. */
export type MemoryCopy = {
  readonly held: Held;
  readonly formerly: Map<KeptPath, readonly string[]>;
  /** People as they were before the first that came of each holding of the archive. */
  readonly before: Map<number, string>;
  readonly tag: () => Promise<string>;
  readonly take: (things: KeptThings, holding: number) => Promise<void>;
};

export const memoryCopy = (): MemoryCopy => {
  const held: Held = new Map();
  const formerly = new Map<KeptPath, readonly string[]>();
  const before = new Map<number, string>();
  let tag = '';
  return {
    held,
    formerly,
    before,
    tag: async () => tag,
    take: async (things, holding) => {
      const wanted = new Set(things.files.map(({ path }) => path));
      for (const { path, mode, bytes } of things.files) {
        const present = held.get(path);
        if (present !== undefined && present.bytes !== bytes) {
          if (path === peoplePath && !before.has(holding)) before.set(holding, present.bytes);
          if (isArchiveKey(path)) formerly.set(path, [...(formerly.get(path) ?? []), present.bytes]);
        }
        held.set(path, { mode, bytes });
      }
      for (const path of held.keys())
        if (!wanted.has(path) && path !== peoplePath && !isArchiveKey(path)) held.delete(path);
      for (const holding of [...before.keys()].sort((one, other) => other - one).slice(mostBeside))
        before.delete(holding);
      tag = things.tag;
    },
  };
};

const isArchiveKey = (path: KeptPath): boolean => path.startsWith('keys/archive-key');
