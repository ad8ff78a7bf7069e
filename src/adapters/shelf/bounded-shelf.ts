import type { Sha256 } from '../../domain/debian/names.ts';
import type { Shelf, ShelfBounds, ShelfPlace, Shelves } from '../../ports/shelf.ts';

/** Files of which so many are looked at together when the shelf is listed. */
const atOnce = 64;

type Held = { readonly size: number; readonly usedAt: number };

/** A shelf that is listed once, at the start; from then on what comes and goes is reckoned. */
export const boundedShelves =
  (awake: () => number = () => performance.now()): Shelves =>
  (place, bounds) =>
    boundedShelf(place, bounds, awake);

const boundedShelf = (place: ShelfPlace, { capacity, justUsed }: ShelfBounds, awake: () => number): Shelf => {
  /** What was not used for longest comes first. */
  const held = new Map<Sha256, Held>();
  let sum = 0;
  let making: Promise<void> = Promise.resolve();

  const note = (sha256: Sha256, size: number): void => {
    const before = held.get(sha256);
    sum += size - (before?.size ?? 0);
    if (size === 0) held.delete(sha256);
    else held.set(sha256, { size, usedAt: before?.usedAt ?? Number.NEGATIVE_INFINITY });
  };

  const list = async (): Promise<void> => {
    const found = await place.list();
    const sizes = new Map<Sha256, number>();
    for (let at = 0; at < found.length; at += atOnce)
      await Promise.all(
        found.slice(at, at + atOnce).map(async (sha256) => sizes.set(sha256, await place.sizeOf(sha256))),
      );
    // Whatever was used meanwhile was used later than all others.
    const used = [...held];
    held.clear();
    for (const sha256 of found) note(sha256, sizes.get(sha256) ?? 0);
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
    note(sha256, await place.sizeOf(sha256));
  };

  const remove = async (sha256: Sha256): Promise<void> => {
    await place.remove(sha256);
    await measure(sha256);
  };

  const drop = async (isBusy: (sha256: Sha256) => boolean): Promise<void> => {
    await listed();
    for (const [sha256, { usedAt }] of held) {
      if (sum <= capacity || awake() - usedAt < justUsed) return;
      if (!isBusy(sha256)) await remove(sha256);
    }
  };

  return {
    use: (sha256) => {
      const size = held.get(sha256)?.size ?? 0;
      held.delete(sha256);
      held.set(sha256, { size, usedAt: awake() });
    },
    measure,
    remove,
    makeRoom: (isBusy) => {
      making = making.catch(() => undefined).then(() => drop(isBusy));
      return making;
    },
  };
};
