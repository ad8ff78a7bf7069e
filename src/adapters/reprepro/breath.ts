/** Gives the event loop a turn. */
export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Looks at that many before others have the event loop. */
const aTurn = 500;

/** Looks at one after the other; a hundred thousand of them keep nobody waiting. */
export const gently = async <Item>(items: Iterable<Item>, look: (item: Item) => void): Promise<void> => {
  let looked = 0;
  for (const item of items) {
    look(item);
    looked += 1;
    if (looked % aTurn === 0) await breath();
  }
};
