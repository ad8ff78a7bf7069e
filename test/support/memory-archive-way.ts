import { open, readFile, stat } from 'node:fs/promises';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type ArchiveClient, Refused } from '../../src/adapters/archive-link/archive-client.ts';
import { decodeOrThrow } from '../../src/domain/codec.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import { StandbyDone, StandbyReport, type StandbySeat } from '../../src/ports/standby.ts';

/** What a standby finds where the archive is. */
export type StandbyDesk = { readonly seat: StandbySeat; readonly onOffer: Pick<FileStore, 'has' | 'path'> };

/** What becomes of files on the way: their bytes, and what has to happen in the middle of one before it goes on. */
export type Carriage = { readonly bytes: (bytes: Buffer) => Buffer; readonly between: () => Promise<void> };

const good: Carriage = { bytes: (bytes) => bytes, between: async () => undefined };

/** The way of a standby to whoever holds the archive, without a network. `desk` is where that one is; without one nobody answers. */
export const memoryArchiveWay =
  (node: NodeName, desk: () => StandbyDesk | undefined, carriage: Partial<Carriage> = {}) =>
  (closing: AbortSignal): Pick<ArchiveClient, 'fetch' | 'tell' | 'deliver' | 'alive'> => {
    const { bytes: carriedBytes, between } = { ...good, ...carriage };
    const reached = (): StandbyDesk => {
      closing.throwIfAborted();
      const found = desk();
      if (found === undefined) throw new Error('nobody answers');
      return found;
    };
    const ended = new Promise<never>((_, reject) => {
      closing.addEventListener('abort', () => reject(closing.reason), { once: true });
    });
    ended.catch(() => undefined);
    /** What goes over a wire is another object, and nothing that its type does not say. */
    const carried = (told: unknown): unknown => (told === undefined ? undefined : JSON.parse(JSON.stringify(told)));

    const answer = async (path: string, told: unknown): Promise<unknown> => {
      const { seat } = reached();
      switch (path) {
        case 'standby': {
          const heard = await seat.hear(node, decodeOrThrow(StandbyReport, told, 'a report'));
          if (isLeft(heard)) throw new Error(heard.left.fact);
          return heard.right;
        }
        case 'standby/done':
          return seat.heardDone(node, decodeOrThrow(StandbyDone, told, 'what is done'));
        case 'standby/kept': {
          const { tag, files } = await seat.kept();
          return { tag, files };
        }
        default:
          throw new Error(`a standby asks for nothing at ${path}`);
      }
    };

    return {
      tell: async (path, told) => carried(await Promise.race([answer(path, carried(told)), ended])),
      fetch: async (sha256, path) => {
        const { onOffer } = reached();
        if (!(await onOffer.has(sha256))) throw new Refused(`the archive has no file ${sha256}`);
        const bytes = carriedBytes(await readFile(await onOffer.path(sha256)));
        const at = (await stat(path).catch(() => undefined))?.size ?? 0;
        const handle = await open(path, at === 0 ? 'w' : 'a', 0o600);
        try {
          const half = at + Math.ceil((bytes.length - at) / 2);
          for (const piece of [bytes.subarray(at, half), bytes.subarray(half)]) {
            reached();
            await handle.writeFile(piece);
            await Promise.race([between(), ended]);
          }
        } finally {
          await handle.close();
        }
      },
      deliver: () => Promise.reject(new Error('a standby delivers nothing')),
      alive: () => Promise.reject(new Error('a standby is heard of where it asks for orders')),
    };
  };
