/** Work over everything there is: at each `yield` others may have their turn. What it is about must not change meanwhile. */
export type Sliced<A> = Generator<undefined, A>;

/** Items of one slice. */
const usual = 1000;

export function* eachInSlices<Item>(items: Iterable<Item>, look: (item: Item) => void): Sliced<void> {
  let looked = 0;
  for (const item of items) {
    look(item);
    looked += 1;
    if (looked % usual === 0) yield;
  }
}

/** Nobody has a turn before it is done. */
export const atOnce = <A>(work: Sliced<A>): A => {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
};

/** Its first slice is done when this returns. */
export const inSlices = async <A>(work: Sliced<A>): Promise<A> => {
  let step = work.next();
  while (step.done !== true) {
    await new Promise((resolve) => setImmediate(resolve));
    step = work.next();
  }
  return step.value;
};
