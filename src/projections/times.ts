/** How many of something took how long: the `n`-th those of `2^(n/2)` seconds and more, so that a few numbers hold them all. Folded in place. */
export type Times = number[];

export const countTime = (times: Times, seconds: number): void => {
  const step = Math.max(0, Math.floor(2 * Math.log2(Math.max(1, seconds))));
  for (let n = times.length; n <= step; n += 1) times.push(0);
  times[step] = (times[step] ?? 0) + 1;
};

/** Under how many seconds a share of them stayed, to within a fifth; `undefined` where there are none. */
export const timeWithin = (times: readonly number[], share: number): number | undefined => {
  const all = times.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [step, count] of times.entries()) {
    seen += count;
    if (count > 0 && seen >= share * all) return 2 ** ((step + 1 - (seen - share * all) / count) / 2);
  }
  return undefined;
};
