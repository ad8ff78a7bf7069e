/** What many look at between two changes: made for the first who asks, and the same for all who ask until something happens. */
export type SharedParts<Parts> = (
  key: string,
  /** Grows with each change. */
  count: number,
  /** Milliseconds for which it is good without one. */
  lasting: number,
  make: () => Promise<Parts>,
) => Promise<Parts>;

type Made<Parts> = { readonly count: number; readonly until: number; readonly parts: Promise<Parts> };

/** Pages that are looked at at once. */
const mostKept = 500;

export const sharedParts = <Parts>(now = Date.now): SharedParts<Parts> => {
  const kept = new Map<string, Made<Parts>>();
  return (key, count, lasting, make) => {
    const known = kept.get(key);
    if (known !== undefined && known.count === count && now() < known.until) return known.parts;
    const parts = make();
    for (const [other, { until }] of kept) if (until <= now()) kept.delete(other);
    kept.delete(key);
    kept.set(key, { count, until: now() + lasting, parts });
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    return parts;
  };
};
