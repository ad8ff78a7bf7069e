import { firstValueFrom } from 'rxjs';
import type { Sha256, StoredFile } from '../../domain/debian/names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { IncomingFile, IncomingFolder, Receive } from '../../ports/incoming.ts';
import type { Keyring } from '../../ports/keyring.ts';
import { StandbyAway } from '../../ports/standby.ts';
import type { Seat } from './seat.ts';

/** A standby that could not take what cannot be said no to is asked again so often. Milliseconds. */
const againMs = 5_000;

/**
 * The file store of an archive with a standby: what `put` and `adopt` resolved is durable there as well, so that no event names a file that the standby
 * has not. Rejects with `StandbyAway`, and the file is here then all the same.
 */
export const copiedFiles = (files: FileStore, { ask, mention }: Pick<Seat, 'ask' | 'mention'>): FileStore => {
  const copied = async (stored: StoredFile): Promise<StoredFile> => {
    await ask({ task: 'keep-file', sha256: stored.sha256 });
    return stored;
  };
  return {
    ...files,
    put: async (name, bytes) => copied(await files.put(name, bytes)),
    adopt: async (name, path) => copied(await files.adopt(name, path)),
    remove: async (sha256) => {
      await files.remove(sha256);
      mention({ task: 'remove-file', sha256 });
    },
    letGo: async (sha256) => {
      const gone = await files.letGo(sha256);
      if (gone !== 'fresh') mention({ task: 'remove-file', sha256 });
      return gone;
    },
  };
};

/** Of copied files, for who asks whether what he delivered is whole: it is when both have it. */
export const deliveredFiles = (files: FileStore, seat: Pick<Seat, 'ask'>): FileStore => ({
  ...files,
  has: async (sha256) => {
    if (!(await files.has(sha256))) return false;
    await seat.ask({ task: 'keep-file', sha256 });
    return true;
  },
});

/** The same for what took hours to come about, as the result of a build: it waits until a standby has it. */
export const patiently = (
  { ask, mention }: Pick<Seat, 'ask' | 'mention'>,
  clock: Clock,
): Pick<Seat, 'ask' | 'mention'> => ({
  mention,
  ask: async (task) => {
    for (;;) {
      try {
        return await ask(task);
      } catch (error) {
        if (!(error instanceof StandbyAway)) throw error;
        await firstValueFrom(clock.after(againMs), { defaultValue: undefined });
      }
    }
  },
});

export type CopiedIncoming = {
  /** The same, once the standby has the file in its incoming. */
  readonly received: (receive: Receive) => Receive;
  /** Lets whoever has just become the standby have what was received before, for the log does not name it yet. Resolves when it has, or is away again. */
  readonly lying: (list: IncomingFolder['list']) => Promise<void>;
  /** The same, and the standby drops it, too. */
  readonly dropping: (drop: IncomingFolder['drop']) => IncomingFolder['drop'];
  /** What the standby may fetch: files of the store, and those that it is being told of. */
  readonly onOffer: (files: FileStore) => Pick<FileStore, 'has' | 'path'>;
};

/** Incoming of an archive with a standby: what its sender was told is received lies in that of the standby as well. */
export const copiedIncoming = ({ ask, mention }: Pick<Seat, 'ask' | 'mention'>, now: () => number): CopiedIncoming => {
  /** By content: the same may come under several names at once. */
  const offered = new Map<Sha256, readonly string[]>();
  /** What was dropped since each look at what lies there began. */
  const looks = new Set<Set<string>>();
  const entry = ({ sha256, name }: Pick<IncomingFile, 'sha256' | 'name'>): string => `${sha256} ${name}`;
  const copied = async (
    { sha256, name, path }: Pick<IncomingFile, 'sha256' | 'name' | 'path'>,
    receivedAt: number,
  ): Promise<void> => {
    offered.set(sha256, [...(offered.get(sha256) ?? []), path]);
    await ask({ task: 'keep-incoming', sha256, name, receivedAt }).finally(() => {
      const all = offered.get(sha256) ?? [];
      const others = all.toSpliced(all.indexOf(path), 1);
      if (others.length === 0) offered.delete(sha256);
      else offered.set(sha256, others);
    });
  };
  return {
    received: (receive) => async (file) => {
      await copied(file, now());
      return receive(file);
    },
    lying: async (list) => {
      const dropped = new Set<string>();
      looks.add(dropped);
      try {
        for (const file of await list()) {
          // Large ones take their time: named after it was dropped, it would come into that incoming and stay there.
          if (dropped.has(entry(file))) continue;
          await copied(file, file.receivedAt).catch((error: unknown) => {
            if (!(error instanceof StandbyAway)) throw error;
          });
        }
      } finally {
        looks.delete(dropped);
      }
    },
    dropping: (drop) => async (file) => {
      await drop(file);
      for (const dropped of looks) dropped.add(entry(file));
      mention({ task: 'drop-incoming', sha256: file.sha256, name: file.name });
    },
    onOffer: (files) => ({
      has: async (sha256) => offered.has(sha256) || files.has(sha256),
      path: async (sha256) => offered.get(sha256)?.[0] ?? files.path(sha256),
    }),
  };
};

/**
 * An archive key that nobody but a broken disk had would lock out everybody who trusts it: the standby has it, and how long it lasts, before anybody
 * hears of it.
 */
export const copiedKeys = <Keys extends Keyring>(keyring: Keys, { hasKept }: Pick<Seat, 'hasKept'>): Keys => ({
  ...keyring,
  newArchiveKey: async (known) => {
    const made = await keyring.newArchiveKey(known);
    await hasKept();
    return made;
  },
  prolong: async (fingerprint, until) => {
    const prolonged = await keyring.prolong(fingerprint, until);
    await hasKept();
    return prolonged;
  },
});
