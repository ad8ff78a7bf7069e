/** So long a program may be under way for which nobody can say that it may be; milliseconds. */
export const longestUnsure = 60_000;
const everyMs = 5_000;

/**
 * Asks `permit` again and again while `work` is under way, and ends it by the signal when that resolved for too long not: whoever holds the archive then counts on
 * it. A node that learns that it does not hold it ends as a whole.
 */
export const whilePermitted = async <Result>(
  permit: () => Promise<void>,
  work: (end: AbortSignal) => Promise<Result>,
  { every = everyMs, longest = longestUnsure } = {},
): Promise<Result> => {
  await permit();
  const ending = new AbortController();
  let sureAt = performance.now();
  const look = async (): Promise<void> => {
    const askedAt = performance.now();
    if (askedAt - sureAt > longest) ending.abort(new Error('nobody can say whether this node still holds the archive'));
    await permit();
    sureAt = Math.max(sureAt, askedAt);
  };
  const timer = setInterval(() => void look().catch(() => undefined), every).unref();
  try {
    return await work(ending.signal);
  } finally {
    clearInterval(timer);
  }
};
