import type { Bench } from './row.ts';

/** Each measured time of one thing and of what it is held against, pair by pair. */
export type Pairs = { readonly ours: readonly number[]; readonly theirs: readonly number[] };

/**
 * Measures the two in turns, who is first changing, so that whatever else the machine does hits both. Each gives its own
 * time in milliseconds. Ends after `rounds`, or when the row's time is over; one pair there is always.
 */
export const inTurns = async (
  { until, say }: Pick<Bench, 'until' | 'say'>,
  rounds: number,
  ours: (round: number) => Promise<number>,
  theirs: (round: number) => Promise<number>,
): Promise<Pairs> => {
  const pairs = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds && (round === 0 || Date.now() < until()); round += 1) {
    if (round % 2 === 0) pairs.ours.push(await ours(round));
    pairs.theirs.push(await theirs(round));
    if (round % 2 === 1) pairs.ours.push(await ours(round));
    if (rounds < 20 || (round + 1) % Math.ceil(rounds / 5) === 0) say(`${round + 1} of ${rounds}`);
  }
  return pairs;
};

/** How many times longer ours took: the middle one of all pairs. */
export const timesLonger = ({ ours, theirs }: Pairs): number =>
  median(ours.map((mine, round) => mine / (theirs[round] ?? Number.NaN)));

/** The middle one; the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? Number.NaN, sorted[Math.floor(middle)] ?? Number.NaN];
  return (low + high) / 2;
};

/** Milliseconds that `work` takes. */
export const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

/** What all but one of a hundred stayed below. */
export const ninetyNinth = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
