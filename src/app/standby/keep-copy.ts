import { firstValueFrom } from 'rxjs';
import type { Fingerprint, Sha256 } from '../../domain/debian/names.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { IncomingFile, IncomingFolder } from '../../ports/incoming.ts';
import type { KeptThings, StandbyLink, StandbyOrder, StandbyReport } from '../../ports/standby.ts';
import { oneAfterTheOther } from '../one-after-the-other.ts';
import type { SizeOf } from '../verification/audit-files.ts';
import { lackingBy } from './lacking.ts';
import { lackingInWords } from './progress.ts';

export type CopyParts = {
  readonly log: Pick<EventLog, 'readAll'>;
  readonly clock: Clock;
  readonly link: StandbyLink;
  readonly files: Pick<FileStore, 'has' | 'remove'>;
  readonly sizeOf: SizeOf;
  /** Resolves when the file is durable in the store, fetched from the archive unless it lies here already. */
  readonly bring: (sha256: Sha256) => Promise<void>;
  /** Incoming here. `keep` resolves when the file is durable in it, fetched from the archive unless it lies here already. */
  readonly incoming: Pick<IncomingFolder, 'drop'> & {
    readonly keep: (file: Pick<IncomingFile, 'name' | 'sha256' | 'receivedAt'>) => Promise<void>;
  };
  /** Keys, people and hooks here. */
  readonly kept: {
    readonly tag: () => Promise<string>;
    /** Makes them as they are at the archive, durably. */
    readonly take: (things: KeptThings) => Promise<void>;
  };
  /** Rejects, naming it, when one of these archive keys is not here. */
  readonly findKeys: (keys: readonly Fingerprint[]) => Promise<unknown>;
  /** Hears what went wrong and is tried again. */
  readonly fault: (error: unknown) => void;
};

export type KeptCopy = {
  /** What is not here though the log says that it must be; `undefined` when nothing is, and this node may take over. */
  readonly lacks: () => Promise<string | undefined>;
  /** How the copy stands, in words. */
  readonly standing: () => string;
  /** Ends all work on the copy; resolves when nothing of it is under way. */
  readonly stop: () => Promise<void>;
};

/** Milliseconds. */
const againMs = 2_000;
/** Files that are fetched together. */
const atOnce = 4;

/**
 * Keeps a copy of what lies beside the log, as a standby: does at once what the archive asks, which waits for it, and catches up with what the log names.
 * Whatever fails is tried again as long as it is owed.
 */
export const keepCopy = (parts: CopyParts): KeptCopy => {
  const { log, clock, link, files, kept, fault } = parts;
  const lacking = lackingBy(log, parts.sizeOf);
  const inTurn = oneAfterTheOther();
  const busy = new Set<string>();
  const perFile = new Map<Sha256, Promise<unknown>>();
  let missing: number | undefined;
  /** Since when it catches up, and with what; bytes. */
  let begun: { readonly at: number; readonly came: number; readonly bytes: number } | undefined;
  let left = 0;
  /** By what goes on all the time: why its last try came to nothing. */
  const troubles = new Map<string, string>();
  let isOver = false;
  const stopped = Promise.withResolvers<void>();

  const again = (): Promise<void> =>
    Promise.race([firstValueFrom(clock.after(againMs), { defaultValue: undefined }), stopped.promise]);

  /** What is said about one file is done in the order in which it was said. */
  const afterOthers = <Result>(sha256: Sha256, work: () => Promise<Result>): Promise<Result> => {
    const done = (perFile.get(sha256) ?? Promise.resolve()).then(work, work);
    perFile.set(sha256, done);
    const forget = (): void => {
      if (perFile.get(sha256) === done) perFile.delete(sha256);
    };
    done.then(forget, forget);
    return done;
  };

  const act = (order: StandbyOrder): Promise<void> => {
    switch (order.task) {
      case 'keep-file':
        return parts.bring(order.sha256);
      case 'remove-file':
        return files.remove(order.sha256);
      case 'keep-incoming':
        return parts.incoming.keep(order);
      case 'drop-incoming':
        return parts.incoming.drop(order);
    }
  };

  const carryOut = async (order: StandbyOrder): Promise<void> => {
    const { id, sha256 } = order;
    busy.add(id);
    try {
      const failed = await afterOthers(sha256, () => act(order)).then(
        () => [],
        (error: unknown) => [{ id, fact: reasonOf(error) }],
      );
      for (const { fact } of failed) fault(new Error(`${order.task} ${sha256}: ${fact}`));
      await link.done({ done: failed.length === 0 ? [id] : [], failed });
    } catch (error) {
      fault(error);
      await again();
    } finally {
      // What the archive did not hear of it says once more.
      busy.delete(id);
    }
  };

  const progress = (): Pick<StandbyReport, 'missing' | 'copying'> => {
    if (begun === undefined || missing === undefined || missing === 0) return { missing: missing ?? 0 };
    const { at, came, bytes } = begun;
    return { missing, copying: { came, bytes, left, ms: clock.awake() - at } };
  };

  const underWay = new Set<Promise<void>>();
  const follow = async (): Promise<void> => {
    // Before it is known what is lacking, nothing is promised.
    if (missing === undefined) await readOn();
    const known = await kept.tag();
    const { orders, kept: tag } = await link.report({ ...progress(), kept: known, busy: [...busy] });
    if (isOver) return;
    for (const order of orders) {
      const work: Promise<void> = carryOut(order).finally(() => underWay.delete(work));
      underWay.add(work);
    }
    if (tag !== known) await kept.take(await link.kept());
  };

  const readOn = (): Promise<void> =>
    inTurn(async () => {
      for (const sha256 of await lacking.read()) await afterOthers(sha256, () => files.remove(sha256));
      const owed = lacking.files();
      missing = owed.length;
      left = owed.reduce((sum, { size }) => sum + size, 0);
      if (missing === 0) begun = undefined;
    });

  const catchUp = async (): Promise<void> => {
    await readOn();
    const wanted = [...lacking.files()];
    if (wanted.length > 0) begun ??= { at: clock.awake(), came: 0, bytes: 0 };
    let first: { readonly error: unknown } | undefined;
    const bring = async (): Promise<void> => {
      for (let next = wanted.pop(); next !== undefined && !isOver; next = wanted.pop()) {
        const { sha256, size } = next;
        try {
          await afterOthers(sha256, () => parts.bring(sha256));
          missing = Math.max(0, (missing ?? 1) - 1);
          left = Math.max(0, left - size);
          if (begun !== undefined) begun = { ...begun, came: begun.came + 1, bytes: begun.bytes + size };
        } catch (error) {
          first ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, bring));
    // What one file lacks keeps no other from coming, and before all were tried nobody begins anew.
    if (first !== undefined) throw first.error;
  };

  const forEver = async (name: string, step: () => Promise<void>, pauses: boolean): Promise<void> => {
    while (!isOver) {
      await step().then(
        () => troubles.delete(name),
        (error: unknown) => {
          const said = troubles.get(name);
          troubles.set(name, reasonOf(error));
          if (!isOver && said !== troubles.get(name)) fault(error);
        },
      );
      if (!isOver && (pauses || troubles.has(name))) await again();
    }
  };

  const loops = Promise.all([forEver('follow', follow, false), forEver('catch up', catchUp, true)]);
  return {
    lacks: async () => {
      try {
        await readOn();
        const left = lacking.files().length;
        if (left > 0) return `${left} files that the log names are not here`;
        await parts.findKeys(lacking.keys());
        return undefined;
      } catch (error) {
        return reasonOf(error);
      }
    },
    standing: () => {
      if (missing === undefined) return 'it reads the log';
      const fact = missing === 0 ? 'it has every file that the log names' : `it lacks ${lackingInWords(progress())}`;
      return [fact, ...new Set(troubles.values())].join('; ');
    },
    stop: async () => {
      isOver = true;
      stopped.resolve();
      link.close();
      await loops;
      await Promise.allSettled([...underWay]);
    },
  };
};
