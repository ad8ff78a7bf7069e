import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join, relative, sep } from 'node:path';
import { type Durable, durableOf, type Folder, filesOf, type Loss, own, write } from './durable-files.ts';

/**
 * A disk whose power fails. What is below `root` of a life is on it, whoever writes there by `node:fs`: each effect is a step, and right after the one that
 * fate names nothing of that life does anything any more. The next life finds what was left.
 */
export type Life = {
  readonly root: string;
  /** Names of what was done, the disk's effects and those that were made steps by `step`. */
  readonly steps: readonly string[];
  readonly step: <Given extends readonly unknown[], Result>(
    name: string,
    effect: (...given: Given) => Promise<Result>,
  ) => (...given: Given) => Promise<Result>;
  readonly isDead: () => boolean;
  readonly isFrozen: () => boolean;
  /** Resolves as long as it may do anything. */
  readonly thawed: () => Promise<void>;
  /** Resolves when it is. */
  readonly death: Promise<void>;
  readonly die: (loss: Loss) => void;
  /** Nothing goes on until it is thawed, as of a process that was stopped. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** The files that would be there, were the power to fail now with this loss; of a dead one, that are. */
  readonly left: (loss: Loss) => ReadonlyMap<string, Buffer>;
};

export type PoweredDisk = {
  /** Another life, with what the last one left; the `n`-th step is the last. */
  readonly begin: (fate?: { readonly n: number; readonly loss: Loss; readonly freezes?: boolean }) => Life;
  readonly remove: () => void;
};

const ownPromises = { ...promises };
const lives = new Set<Living>();
let underWay = 0;

/** Reading in streams is not counted, and takes what time it takes. */
const isReading = (): boolean =>
  process.getActiveResourcesInfo().some((name) => /^(?:FSReq|FileHandle|FILEHANDLE)/.test(name));

/** Turns of the event loop without anything under way after which nothing more will come of itself. */
const idleTurns = 6;

/** Resolves when nothing is being done on any of these disks, and nothing comes of itself. */
export const quiet = async (): Promise<void> => {
  for (let idle = 0; idle < idleTurns; ) {
    if (underWay > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    await new Promise(setImmediate);
    idle = underWay > 0 || isReading() ? 0 : idle + 1;
  }
};

const waiting: (() => void)[] = [];

const counted = async <Result>(effect: () => Promise<Result>): Promise<Result> => {
  underWay += 1;
  try {
    return await effect();
  } finally {
    underWay -= 1;
    for (const resolve of waiting.splice(0)) resolve();
  }
};

type Living = Life & {
  readonly did: (name: string) => void;
  readonly durable: Durable;
  readonly thawed: () => Promise<void>;
};

export const poweredDisk = (folder: string): PoweredDisk => {
  watch();
  let count = 0;
  let next: Folder = { kind: 'folder', names: new Map() };
  const pins: number[] = [];
  return {
    begin: (fate) => {
      count += 1;
      const root = join(folder, `life-${count}`);
      const limbo = join(folder, `limbo-${count}`);
      own.mkdirSync(limbo, { recursive: true });
      const durable = durableOf(root, limbo, pins);
      write(root, next, new Map());
      durable.everything(root);
      const life = livingOf(root, durable, fate, (left) => {
        next = left;
      });
      lives.add(life);
      return life;
    },
    remove: () => {
      for (const life of lives) if (life.root.startsWith(folder)) lives.delete(life);
      for (const pin of pins) own.closeSync(pin);
      own.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    },
  };
};

const livingOf = (
  root: string,
  durable: Durable,
  fate: { readonly n: number; readonly loss: Loss; readonly freezes?: boolean } | undefined,
  leave: (left: Folder) => void,
): Living => {
  const steps: string[] = [];
  const { promise: death, resolve } = Promise.withResolvers<void>();
  let dead: Folder | undefined;
  let gate: PromiseWithResolvers<void> | undefined;
  const die = (loss: Loss): void => {
    if (dead !== undefined) return;
    dead = durable.left(loss);
    leave(dead);
    resolve();
  };
  const did = (name: string): void => {
    if (dead !== undefined) return;
    steps.push(name);
    if (fate?.n !== steps.length) return;
    if (fate.freezes === true) life.freeze();
    else die(fate.loss);
  };
  const life: Living = {
    root,
    steps,
    durable,
    death,
    die,
    did,
    isDead: () => dead !== undefined,
    isFrozen: () => gate !== undefined,
    thawed: async () => {
      while (gate !== undefined) await gate.promise;
      if (dead !== undefined) await never;
    },
    freeze: () => {
      gate ??= Promise.withResolvers();
    },
    thaw: () => {
      gate?.resolve();
      gate = undefined;
    },
    step:
      (name, effect) =>
      async (...given) => {
        await life.thawed();
        const done = await effect(...given);
        did(name);
        await life.thawed();
        return done;
      },
    left: (loss) => filesOf(dead ?? durable.left(loss)),
  };
  return life;
};

const never = new Promise<never>(() => {});

const lifeAt = (path: unknown): Living | undefined => {
  if (typeof path !== 'string') return undefined;
  for (const life of lives) if (path === life.root || path.startsWith(life.root + sep)) return life;
  return undefined;
};

const say = (life: Living, name: string, path: string): string => `${name} ${relative(life.root, path)}`;

const changing = [
  'rename',
  'link',
  'unlink',
  'rm',
  'mkdir',
  'rmdir',
  'chmod',
  'copyFile',
  'writeFile',
  'utimes',
] as const;
const looking = ['lstat', 'stat', 'readdir', 'readFile', 'access'] as const;
const changingSync = ['renameSync', 'linkSync', 'unlinkSync', 'rmSync', 'mkdirSync', 'writeFileSync'] as const;

type Any = (...given: unknown[]) => unknown;
let isWatching = false;

/** From here on the functions of `node:fs` that our adapters use tell of what they do below the root of a life. */
const watch = (): void => {
  if (isWatching) return;
  isWatching = true;
  const asked = promises as unknown as Record<string, Any>;
  const askedNow = fs as unknown as Record<string, Any>;
  for (const name of [...changing, ...looking]) {
    const effect = ownPromises[name] as unknown as Any;
    const isChange = (changing as readonly string[]).includes(name);
    asked[name] = async (...given) => {
      const path = name === 'link' || name === 'rename' || name === 'copyFile' ? given[1] : given[0];
      const life = lifeAt(path) ?? lifeAt(given[0]);
      if (life === undefined) return effect(...given);
      await life.thawed();
      const done = await counted(async () => effect(...given));
      if (isChange) life.did(say(life, name, String(path)));
      await life.thawed();
      return done;
    };
  }
  for (const name of changingSync) {
    const effect = own[name] as unknown as Any;
    askedNow[name] = (...given) => {
      const life = lifeAt(given[0]);
      if (life?.isDead()) throw new Error('the power has failed');
      const done = effect(...given);
      life?.did(say(life, name, String(given[0])));
      return done;
    };
  }
  asked.open = async (...given) => {
    const life = lifeAt(given[0]);
    const open = ownPromises.open as unknown as (...given: unknown[]) => Promise<FileHandle>;
    if (life === undefined) return open(...given);
    await life.thawed();
    const path = String(given[0]);
    const handle = await counted(() => open(...given));
    if (given[1] !== 'r' && typeof given[1] === 'string') life.did(say(life, `open ${given[1]}`, path));
    await life.thawed();
    return watched(handle, life, path);
  };
  syncBuiltinESMExports();
};

const changingHandle: ReadonlySet<unknown> = new Set(['writeFile', 'write', 'truncate', 'utimes']);

/** `path` is where it was opened. What is synced is so by our own book: the disk below is spared. */
const watched = (handle: FileHandle, life: Living, path: string): FileHandle => {
  const nowAt = (): string => own.readlinkSync(`/proc/self/fd/${handle.fd}`);
  return new Proxy(handle, {
    get: (target, name) => {
      const found = Reflect.get(target, name, target) as unknown;
      if (typeof found !== 'function') return found;
      if (name === 'createReadStream') return found.bind(target);
      if (name === 'close') return () => counted(() => target.close());
      return async (...given: unknown[]) => {
        await life.thawed();
        const isSync = name === 'sync' || name === 'datasync';
        const done = isSync ? undefined : await counted(async () => (found as Any).apply(target, given));
        if (isSync) life.durable.sync(nowAt());
        if (isSync || changingHandle.has(name)) life.did(say(life, String(name), path));
        await life.thawed();
        return done;
      };
    },
  });
};
