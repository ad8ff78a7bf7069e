/** Numbers that look like chance and are the same for the same seed. */
export type Chance = {
  /** At least 0 and less than 1. */
  readonly share: () => number;
  /** Whether something of this probability happens. */
  readonly happens: (probability: number) => boolean;
  readonly below: (bound: number) => number;
  readonly oneOf: <A>(values: readonly A[]) => A;
  /** Half of them are below the median; `sigma` is the deviation of their logarithm. */
  readonly logNormal: (median: number, sigma: number) => number;
};

/** The generator mulberry32: 32 bits of state are plenty for some hundred thousand numbers. */
export const chance = (seed: number): Chance => {
  let state = seed >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(share() * bound);
  /** Box and Muller. */
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  return {
    share,
    happens: (probability) => share() < probability,
    below,
    oneOf: <A>(values: readonly A[]): A => values[below(values.length)] as A,
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
  };
};
