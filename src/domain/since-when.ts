type Beginning = { readonly which: unknown; readonly at: number };

/** What was asked about, and when it began at the latest. Nothing is held longer than somebody else holds it. */
const known = new WeakMap<object, Beginning>();

/**
 * Since when something is so, by the clock that says `now`: since `noted`, or since it was first asked about where that is earlier. Times of the log never go back, so
 * those of a clock that leapt ahead, and all that is recorded after it was put right, are to come for as long as it was ahead; and what this life noted by it itself
 * has come as far as the clock now, at least. What a former life recorded so began when this one saw it first.
 *
 * `thing` is never changed in place; `which` tells what it is now from what it was before, where it is the same object.
 */
export const sinceWhen = (thing: object, noted: number | string, now: number, which?: unknown): number => {
  const before = known.get(thing);
  const latest = before?.which === which ? before?.at : undefined;
  const at = Math.min(latest ?? (typeof noted === 'number' ? noted : Date.parse(noted)), now);
  if (at !== latest) known.set(thing, { which, at });
  return at;
};
