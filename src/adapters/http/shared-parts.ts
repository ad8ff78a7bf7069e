/** What many look at between two changes: made for the first who asks, and the same for all who ask until something happens. */
export type SharedParts<Parts> = (key: string, make: () => Promise<Parts>) => Promise<Parts>;

type Made<Parts> = { readonly count: number; readonly until: number; readonly parts: Promise<Parts> };

/** Pages that are looked at at once. */
const mostKept = 500;

/** `count` grows with each change; without one it is good for `lasting` milliseconds. */
export const sharedParts = <Parts>(count: () => number, lasting: number, now = Date.now): SharedParts<Parts> => {
  const kept = new Map<string, Made<Parts>>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined && known.count === count() && now() < known.until) return known.parts;
    const parts = make();
    kept.delete(key);
    kept.set(key, { count: count(), until: now() + lasting, parts });
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    return parts;
  };
};
