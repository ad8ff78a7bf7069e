import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Sha256 } from '../../domain/debian/names.ts';
import type { Exchange } from '../../ports/exchange.ts';

/** Whoever was shown a file within so many milliseconds may not have opened it yet. */
const justUsed = 60_000;

/** Files of which so many are looked at together when the shelf is listed. */
const atOnce = 64;

type Held = { readonly size: number; readonly usedAt: number };

export type BoundedShelf = {
  /** Somebody wants it: it goes later than others. */
  readonly use: (sha256: Sha256) => void;
  /** Takes note of what is there of it by now. */
  readonly measure: (sha256: Sha256) => Promise<void>;
  /** Takes away what is there of it, whole or begun. */
  readonly remove: (sha256: Sha256) => Promise<void>;
  /** Removes what nobody wanted for longest while all together take more than they may; what `isBusy` stays. */
  readonly makeRoom: (isBusy: (sha256: Sha256) => boolean) => Promise<void>;
};

/**
 * What lies in `here`, and begun in `parts`, by hash, within `capacity` bytes. Both are listed once, at the start; from then on what comes and goes is
 * reckoned.
 */
export const boundedShelf = (
  here: Exchange,
  parts: string,
  capacity: number,
  now: () => number = Date.now,
): BoundedShelf => {
  /** What was not used for longest comes first. */
  const held = new Map<Sha256, Held>();
  let sum = 0;
  let making: Promise<void> = Promise.resolve();

  const note = (sha256: Sha256, size: number): void => {
    const before = held.get(sha256);
    sum += size - (before?.size ?? 0);
    if (size === 0) held.delete(sha256);
    else held.set(sha256, { size, usedAt: before?.usedAt ?? 0 });
  };

  const sizeOf = async (sha256: Sha256): Promise<number> => {
    const sizes = await Promise.all([
      here.path(sha256).then(sizeAt, () => 0), // It rejects where there is none.
      sizeAt(join(parts, sha256)),
    ]);
    return sizes.reduce((one, other) => one + other, 0);
  };

  const list = async (): Promise<void> => {
    const found = [...new Set([...(await here.list()), ...(await readdir(parts)).filter(Sha256.is)])];
    const sizes = new Map<Sha256, number>();
    for (let at = 0; at < found.length; at += atOnce)
      await Promise.all(found.slice(at, at + atOnce).map(async (sha256) => sizes.set(sha256, await sizeOf(sha256))));
    // Whatever was used meanwhile was used later than all others.
    const used = [...held];
    held.clear();
    for (const [sha256, size] of sizes) note(sha256, size);
    for (const [sha256, { usedAt }] of used) {
      const size = sizes.get(sha256) ?? 0;
      held.delete(sha256);
      held.set(sha256, { size, usedAt });
    }
  };

  let listing: Promise<void> | undefined;
  const listed = (): Promise<void> => {
    listing ??= list().catch((error: unknown) => {
      listing = undefined;
      throw error;
    });
    return listing;
  };
  // Who measures first hears of what went wrong.
  listed().catch(() => undefined);

  const measure = async (sha256: Sha256): Promise<void> => {
    await listed();
    note(sha256, await sizeOf(sha256));
  };

  const remove = async (sha256: Sha256): Promise<void> => {
    await here.remove(sha256);
    await rm(join(parts, sha256), { force: true });
    await measure(sha256);
  };

  const drop = async (isBusy: (sha256: Sha256) => boolean): Promise<void> => {
    await listed();
    for (const [sha256, { usedAt }] of held) {
      if (sum <= capacity || now() - usedAt < justUsed) return;
      if (!isBusy(sha256)) await remove(sha256);
    }
  };

  return {
    use: (sha256) => {
      const size = held.get(sha256)?.size ?? 0;
      held.delete(sha256);
      held.set(sha256, { size, usedAt: now() });
    },
    measure,
    remove,
    makeRoom: (isBusy) => {
      making = making.catch(() => undefined).then(() => drop(isBusy));
      return making;
    },
  };
};

/** Of what went away meanwhile nothing is left. */
const sizeAt = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;
